"""The ``padstone`` command.

``program`` knows the commands by name and imports the one that is asked for. A command is a
function with Typer's annotations, or a Typer application made by ``group.new_group`` for one that
has commands of its own; either has the command's name, in the module of that name. What is slow to
import is imported inside functions.

A command ends by returning (exit status 0), by raising from ``padstone.errors`` (1, or the class's
``exit_status``), or by ``typer.Exit``. Results go to standard output and everything else to
standard error, so that a result can be piped.
"""

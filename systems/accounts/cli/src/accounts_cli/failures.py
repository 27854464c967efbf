"""How a command fails: a message for a person, an exit status for a script, no trace, no key."""

import os
import sys
import tempfile
import traceback

from accounts_cli.errors import CliError
from accounts_cli.key_text import redact
from accounts_cli.output import is_styled, printable

__all__ = ["report"]

_INTERRUPTED = 130


def report(error: BaseException) -> int:
    """Writes ``error`` to standard error and gives the exit status."""
    if isinstance(error, CliError):
        _say(str(error))
        return error.exit_status
    if isinstance(error, KeyboardInterrupt):
        sys.stderr.write("\n")  # the terminal has just echoed ^C
        _say("Interrupted.")
        return _INTERRUPTED
    return _report_typer(error)


def _report_typer(error: BaseException) -> int:
    from typer import Abort
    from typer.exceptions import TyperException

    if isinstance(error, Abort):
        sys.stderr.write("\n")  # the question's line has not ended
        _say("Nothing was done.")
        return 1
    if not isinstance(error, TyperException):
        return _report_defect(error)
    context = getattr(error, "ctx", None)
    message = error.format_message()
    if message.startswith("Usage: "):
        # A group without a command: what it has is shown in place of a complaint.
        sys.stderr.write(f"{message}\n")
        return error.exit_code
    if not message.endswith((".", "?", ")")):
        message += "."
    _say(message if context is None else f"{message} See `{context.command_path} --help`.")
    return error.exit_code


def _report_defect(error: BaseException) -> int:
    descriptor, path = tempfile.mkstemp(prefix="accounts-", suffix=".trace")
    with os.fdopen(descriptor, "w", errors="backslashreplace") as file:
        file.write(redact("".join(traceback.format_exception(error))))
    first_line = next(iter(str(error).splitlines()), "")
    _say(f"This is a defect of accounts: {type(error).__name__}: {first_line}\n{path} says more.")
    return 1


def _say(message: str) -> None:
    label = "\033[31merror:\033[0m" if is_styled(sys.stderr) else "error:"
    # A key given as an argument by mistake would come back in the complaint about it.
    sys.stderr.write(f"{label} {printable(redact(message))}\n")

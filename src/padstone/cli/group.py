"""A command that has commands of its own, such as ``padstone services``."""

import typer

__all__ = ["new_group"]


def new_group(summary: str) -> typer.Typer:
    """An empty group.

    Failures are left to the program, and help is plain text: rich takes as long to import as Typer.
    """
    return typer.Typer(
        help=summary,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )

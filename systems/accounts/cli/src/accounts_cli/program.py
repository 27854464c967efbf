"""The program: its commands, and what holds for all of them."""

from collections.abc import Sequence
from typing import Annotated

import typer

from accounts_cli import __version__
from accounts_cli.commands.credits import credits_
from accounts_cli.commands.keys import keys
from accounts_cli.commands.login import login, logout
from accounts_cli.commands.whoami import whoami

__all__ = ["run"]

_INTERRUPTED = 130

_EPILOG = """\
\b
Start with:
  accounts login
  accounts whoami
  accounts keys create laptop --scopes account:read,credits:read --expires-in 30d

\b
Environment:
  ACCOUNTS_API_KEY   the key, in place of the stored one
  ACCOUNTS_API_URL   the server, in place of the stored one
  ACCOUNTS_INSECURE  1 lets a key cross a network unencrypted
  ACCOUNTS_TIMEOUT   seconds to wait for an answer; 30 by default
  NO_COLOR           turns colour off

\b
Exit status:
  0 done, 1 failed, 2 asked wrongly, 3 not logged in or the key refused,
  4 the server cannot be reached
"""


def _print_version(value: bool) -> None:  # noqa: FBT001  # as Typer calls it
    if value:
        typer.echo(f"accounts {__version__}")
        raise typer.Exit


def run(args: Sequence[str]) -> int:
    """Runs ``args`` and gives the exit status. Failures are raised, for one place to report."""
    status = _program()(list(args), prog_name="accounts", standalone_mode=False)
    if status == _INTERRUPTED:
        raise KeyboardInterrupt  # Typer has made a status of it
    return status if isinstance(status, int) else 0


def _program() -> typer.Typer:
    # Help is plain text: rich takes as long to import as the rest of the program.
    program = typer.Typer(
        help="The command line of the accounts API: log in, keys, credits.",
        epilog=_EPILOG,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    program.callback()(_options)
    for command in (login, logout, whoami):
        program.command()(command)
    program.add_typer(keys, name="keys", no_args_is_help=True)
    program.add_typer(credits_, name="credits")
    return program


def _options(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Options of the program itself."""

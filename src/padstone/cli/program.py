"""The program: which commands there are, and the one that was asked for.

Typer takes longer to import than `padstone --help` may take as a whole, so the list of commands is
printed without it, and each command's module is imported only when it is called.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typer import Typer

__all__ = ["COMMANDS", "Command", "run"]

INTERRUPTED = 130


class Command(NamedTuple):
    """A command: its name and the line that ``--help`` shows for it."""

    name: str
    summary: str


COMMANDS = (
    Command("new", "Make a project of your own, which stands alone."),
    Command("add", "Add a resource to the project of the current folder."),
    Command("dev", "Start every system of this checkout on real services."),
    Command("serve", "Serve the system of the current folder."),
    Command("worker", "Run the background jobs of the system of the current folder."),
    Command("jobs", "Look at background jobs, retry and cancel them."),
    Command("db", "Bring the database to a revision, and look at it."),
    Command("seed", "Write the first data, which may be repeated."),
    Command("keys", "Make, list and revoke API keys; rotate the keys of stored secrets."),
    Command("users", "Make and list users, change roles and passwords, lock and unlock."),
    Command("services", "Look after the embedded PostgreSQL, Valkey, S3 and mailbox."),
    Command("settings", "Show every setting, its value and where it came from."),
    Command("doctor", "Find out why it does not start, and what to do."),
    Command("check", "Tell whether the system is fit to be deployed."),
    Command("routes", "Show every route, and the lane that answers it."),
    Command("openapi", "Print the system's OpenAPI document."),
)


def run(args: Sequence[str]) -> int:
    """Runs what ``args`` ask for and gives the exit status."""
    if not args or args[0] in {"--help", "-h"}:
        sys.stdout.write(_help())
        return 0 if args else 2
    if args[0] == "--version":
        import padstone

        sys.stdout.write(f"padstone {padstone.__version__}\n")
        return 0
    for command in COMMANDS:
        if command.name == args[0]:
            return _call(command, args[1:])
    sys.stderr.write(_unknown(args[0]))
    return 2


def _call(command: Command, args: Sequence[str]) -> int:
    import typer

    from padstone.cli.group import new_group

    called = getattr(import_module(f"padstone.cli.{command.name}"), command.name)
    if not isinstance(called, typer.Typer):
        single = new_group(command.summary)
        single.command()(called)
        called = single
    elif not args:
        _start(called, command, ["--help"])
        return 2
    return _start(called, command, args)


def _start(called: "Typer", command: Command, args: Sequence[str]) -> int:
    status = called(list(args), prog_name=f"padstone {command.name}", standalone_mode=False)
    if status == INTERRUPTED:
        raise KeyboardInterrupt  # Typer has made a status of it; it is reported in one place
    return status if isinstance(status, int) else 0


def _help() -> str:
    width = max(len(command.name) for command in COMMANDS)
    lines = [f"  {command.name:<{width}}  {command.summary}" for command in COMMANDS]
    return "\n".join(
        (
            "Usage: padstone COMMAND [OPTIONS]",
            "",
            "The backend foundation that Python teams stop rewriting.",
            "",
            "Commands:",
            *lines,
            "",
            "Options:",
            "  --version  Print the version.",
            "  --help     Print this; `padstone COMMAND --help` says more about a command.",
            "",
            "PADSTONE_TRACEBACK=1 shows the trace of an error. NO_COLOR=1 turns colour off.",
            "",
        )
    )


def _unknown(word: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(word, [command.name for command in COMMANDS], n=1)
    kind = "option" if word.startswith("-") else "command"
    meant = f" Did you mean {close[0]!r}?" if close else ""
    return f"error: There is no {kind} {word!r}.{meant} See `padstone --help`.\n"

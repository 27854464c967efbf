"""How a command fails: one line for a person, and an exit status for a script."""

import os
import sys
import tempfile
import traceback

from padstone.errors import PadstoneError

__all__ = ["UsageError", "report"]


class UsageError(PadstoneError):
    """The command was asked wrongly, or in the wrong place."""

    code = "usage"
    detail = "The command cannot be used like this."
    exit_status = 2


def report(error: BaseException) -> int:
    """Writes ``error`` to standard error and gives the exit status."""
    if os.environ.get("PADSTONE_TRACEBACK") == "1":
        traceback.print_exception(error)
    if isinstance(error, SystemExit):
        return _report_exit(error)
    if isinstance(error, KeyboardInterrupt):
        _say("Interrupted.")
        return 130
    known = error if isinstance(error, PadstoneError) else _translated(error)
    if known is not None:
        _say(_with_fields(known))
        return int(getattr(known, "exit_status", 1))
    return _report_typer(error)


def _report_exit(error: SystemExit) -> int:
    # Wrong settings are a SystemExit with a text for its code.
    if isinstance(error.code, str):
        _say(error.code)
        return 1
    return error.code or 0


def _report_typer(error: BaseException) -> int:
    from typer import Abort
    from typer.exceptions import TyperException

    if isinstance(error, Abort):
        sys.stderr.write("\n")  # the question's line has not ended
        _say("Nothing was done.")
        return 1
    if not isinstance(error, TyperException):
        return _report_unknown(error)
    context = getattr(error, "ctx", None)
    hint = f" See `{context.command_path} --help`." if context is not None else ""
    message = error.format_message()
    _say(f"{message}{'' if message.endswith(('.', '?', ')')) else '.'}{hint}")
    return error.exit_code


def _report_unknown(error: BaseException) -> int:
    first_line = next(iter(str(error).splitlines()), "")
    descriptor, path = tempfile.mkstemp(prefix="padstone-", suffix=".trace")
    with os.fdopen(descriptor, "w", errors="backslashreplace") as file:
        traceback.print_exception(error, file=file)
    _say(f"{type(error).__name__}: {first_line}\nThe trace is in {path}")
    return 1


def _translated(error: BaseException) -> PadstoneError | None:
    """What a failure of the database means. One of something else stays what it is."""
    if "sqlalchemy" not in sys.modules:
        return None
    from padstone.db import translate

    return translate(error)


def _with_fields(error: PadstoneError) -> str:
    fields = [f"  {field.field}: {field.message}" for field in error.errors]
    return "\n".join((error.detail, *fields))


def _say(message: str) -> None:
    label = "error:"
    if sys.stderr.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb":
        label = "\033[31merror:\033[0m"
    sys.stderr.write(f"{label} {message}\n")

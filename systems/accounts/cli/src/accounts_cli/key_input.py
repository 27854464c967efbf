"""Where a key is typed or piped in; it is never an argument, which everybody could see."""

import getpass
import sys
import warnings

from accounts_cli.errors import CliError, KeyRefusedError
from accounts_cli.key_text import check_key

__all__ = ["is_terminal", "read_key"]

_LONGEST_LINE = 4096


def read_key(prompt: str) -> str:
    """A key: one line of standard input, typed without echo where that is a terminal.

    An empty ``prompt`` asks nothing. Raises ``CliError``.
    """
    try:
        line = _typed(prompt) if is_terminal() else _piped()
    except (EOFError, UnicodeError):
        line = ""
    try:
        return check_key(line)
    except ValueError as error:
        raise KeyRefusedError(f"That cannot be used. {error}") from None


def is_terminal() -> bool:
    """Whether a person can be asked something."""
    # None where the process was started with standard input closed.
    return sys.stdin is not None and sys.stdin.isatty()


def _typed(prompt: str) -> str:
    with warnings.catch_warnings():
        # Where the echo cannot be turned off, getpass would warn and show what is typed.
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            return getpass.getpass(prompt)
        except getpass.GetPassWarning:
            raise CliError(
                "This terminal would show the key. Pipe it: `accounts login --with-token < FILE`."
            ) from None


def _piped() -> str:
    return sys.stdin.readline(_LONGEST_LINE) if sys.stdin is not None else ""

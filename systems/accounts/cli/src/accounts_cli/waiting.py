"""A sign of life while somebody waits at a terminal."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["waiting"]

_PATIENCE = 1.0  # seconds: what is quicker than this needs no sign


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Shows ``what`` beside a spinner on standard error while the block takes longer than 1 s."""
    if not sys.stderr.isatty():
        yield
        return
    done = threading.Event()
    spinner = threading.Thread(target=_spin, args=(what, done), daemon=True)
    spinner.start()
    try:
        yield
    finally:
        done.set()
        spinner.join()  # it wipes its line, which must happen before anything else is printed


def _spin(what: str, done: threading.Event) -> None:
    if done.wait(_PATIENCE):
        return
    from rich.console import Console
    from rich.text import Text

    with Console(stderr=True).status(Text(what)):
        done.wait()

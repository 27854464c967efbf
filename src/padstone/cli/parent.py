"""Ending together with the process that started this one, also when that one was killed."""

import os
import signal
import threading
import time
from collections.abc import Callable

__all__ = ["end_with", "parent_gone", "stdin_closed"]

_TICK = 0.25


def end_with(gone: Callable[[], object], *, patience: float) -> None:
    """Ends this process once ``gone`` returns: politely, and by force ``patience`` seconds later.

    ``gone`` is called in a thread of its own and blocks for as long as the other process lives.
    """

    def watch() -> None:
        gone()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(patience)
        os._exit(1)  # the polite way did not work, and nobody is left to insist

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


def stdin_closed() -> None:
    """Returns when nobody holds the other end of standard input any more."""
    while os.read(0, 1024):
        pass


def parent_gone(parent: int) -> None:
    """Returns when ``parent``, which started this process, has ended."""
    while os.getppid() == parent:
        time.sleep(_TICK)

"""That this process was asked to end, for whatever would otherwise keep it from ending.

A server waits for the answers that are being given, and an event stream is one that never ends. So
the signal has to reach the application, too, whichever server runs it: its handler is put before
the server's own, which is then called as if nothing had been there.
"""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

__all__ = ["Shutdown"]

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
# Where nobody else handles a signal, there is no server that would end politely.
_NOBODY = (None, signal.SIG_DFL, signal.SIG_IGN, signal.default_int_handler)

_Handler = Callable[[int, FrameType | None], Any]


class Shutdown:
    """Tells that the process is to end, in two steps.

    ``is_asked`` turns true when the signal comes: readiness is refused, and answers close their
    connections. ``delay`` seconds later (SHUTDOWN_DELAY_SECONDS) the server stops taking requests,
    ``is_ending`` is true, and ``wait`` returns: what would go on for ever ends.
    """

    def __init__(self, delay: float = 0.0) -> None:
        self._delay = delay
        self._ending = asyncio.Event()
        self.is_asked = False

    @property
    def is_ending(self) -> bool:
        """Whether what would go on for ever is to end now."""
        return self._ending.is_set()

    async def wait(self) -> None:
        """Returns when what would go on for ever is to end."""
        await self._ending.wait()

    def ask(self) -> None:
        """Asks at once, without a delay. To be called in the event loop."""
        self.is_asked = True
        self._ending.set()

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """Within the block, SIGTERM and SIGINT ask, and go on to whoever handled them before.

        Only the main thread is told of signals; in another one this does nothing.
        """
        loop, links = asyncio.get_running_loop(), []
        if threading.current_thread() is threading.main_thread():
            links = [_Link(number, self, loop) for number in _SIGNALS]
        try:
            yield
        finally:
            for link in links:
                link.remove()

    def signalled(self, loop: asyncio.AbstractEventLoop, go_on: Callable[[], Any]) -> None:
        """Asks from a handler of signals. ``go_on`` is what the server would have done at once.

        Who asks again does not wait for the delay.
        """
        if self._delay == 0 or self.is_asked:
            self.is_asked = True
            loop.call_soon_threadsafe(self._ending.set)
            go_on()
        else:
            self.is_asked = True
            loop.call_soon_threadsafe(loop.call_later, self._delay, self._end, go_on)

    def _end(self, go_on: Callable[[], Any]) -> None:
        if not self.is_ending:
            self._ending.set()
            go_on()


class _Link:
    """Our handler of one signal, before the one that was there."""

    def __init__(self, number: int, shutdown: Shutdown, loop: asyncio.AbstractEventLoop) -> None:
        self._number = number
        self._shutdown: Shutdown | None = shutdown
        self._loop = loop
        self._before: Any = signal.getsignal(number)
        if self._before not in _NOBODY:
            signal.signal(number, self)

    def __call__(self, number: int, frame: FrameType | None) -> None:
        before: _Handler = self._before
        shutdown = self._shutdown
        if shutdown is None or shutdown.is_ending or self._loop.is_closed():
            before(number, frame)
        elif not shutdown.is_asked or _insists(number):
            shutdown.signalled(self._loop, lambda: before(number, frame))

    def remove(self) -> None:
        """Puts back what was there. Where somebody stands before us by now, we let all pass."""
        self._shutdown = None
        present: Any = signal.getsignal(self._number)
        if present is self:
            signal.signal(self._number, self._before)


def _insists(number: int) -> bool:
    # A second Ctrl-C is meant. A second SIGTERM need not be: a service manager sends one to each
    # process of a group, and the parent among them sends another to its workers.
    return number == signal.SIGINT

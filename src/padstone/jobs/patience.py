"""Work that goes on whatever happens: a database that is down comes back."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from padstone.db import name_of, translate
from padstone.errors import UnavailableError

__all__ = ["repeat", "set_within"]

_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0
_SAID_EVERY = 30  # about a minute

_log = structlog.get_logger("padstone.jobs")


async def repeat(
    name: str, work: Callable[[], Awaitable[float]], *, until: asyncio.Event | None = None
) -> None:
    """Calls ``work`` again and again, each time so many seconds later as it said.

    A failure is logged, and tried again with a growing pause. It ends when ``until`` is set.
    """
    pause, failures = _FIRST_PAUSE, 0
    while until is None or not until.is_set():
        try:
            wait = await work()
            pause, failures = _FIRST_PAUSE, 0
        except Exception as error:  # noqa: BLE001  # the next time it may succeed
            _report(name, error, failures)
            wait, pause, failures = pause, min(pause * 2, _LONGEST_PAUSE), failures + 1
        if until is None or wait <= 0:
            await asyncio.sleep(wait)
        else:
            await set_within(until, wait)


async def set_within(event: asyncio.Event, seconds: float) -> bool:
    """Waits until ``event`` is set, at most so long; whether it is."""
    try:
        # Not wait_for: in Python 3.11 it takes a cancellation for an answer that comes with it.
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True


def _report(name: str, error: Exception, before: int) -> None:
    if isinstance(translate(error), UnavailableError):
        if before % _SAID_EVERY:
            return
        _log.warning("waiting for the database", work=name, error=name_of(error))
    else:
        _log.error("a worker's work fails", work=name, exc_info=error)

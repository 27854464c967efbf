"""Hearing what is said on channels of PostgreSQL, by a connection of one's own."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import structlog

from padstone.db.direct import connect_directly
from padstone.settings import DatabaseSettings

__all__ = ["Listener"]

HEARTBEAT_SECONDS = 1.0
HEARTBEAT_TIMEOUT_SECONDS = 2.0  # with the interval: a frozen server is noticed after 3 s
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 2.0

_log = structlog.get_logger("padstone.db")


class Listener:
    """Listens to one channel, and connects again for as long as it runs.

    ``heard`` is called with each payload; ``begun`` when listening has begun, again after each
    interruption: what was said meanwhile is lost, and whoever needs it has to look.
    """

    def __init__(
        self,
        settings: DatabaseSettings,
        channel: str,
        *,
        heard: Callable[[str], None],
        begun: Callable[[], None],
    ) -> None:
        self._settings = settings
        self._channel = channel
        self._heard = heard
        self._begun = begun

    async def run(self) -> None:
        """Listens until it is cancelled."""
        pause = _FIRST_PAUSE
        while True:
            cause = "connection closed"
            try:
                async with self._listening() as (connection, lost):
                    pause = _FIRST_PAUSE
                    await _until_lost(connection, lost)
            except Exception as error:  # noqa: BLE001  # whatever it was, the mend is the same
                cause = type(error).__name__
            _log.warning("not listening", channel=self._channel, cause=cause)
            # Random, so that the processes of a restarted database do not come all at once.
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311
            pause = min(pause * 2, _LONGEST_PAUSE)

    @asynccontextmanager
    async def _listening(self) -> AsyncIterator[tuple[Any, asyncio.Event]]:
        lost = asyncio.Event()
        connection = await connect_directly(self._settings, purpose="listener")
        try:
            connection.add_termination_listener(lambda _: lost.set())
            await connection.add_listener(self._channel, lambda *said: self._heard(said[-1]))
            self._begun()
            yield connection, lost
        finally:
            # Not a polite close, which would wait for a server that may be frozen.
            connection.terminate()


async def _until_lost(connection: Any, lost: asyncio.Event) -> None:
    while not lost.is_set():
        # A connection that is cut says so; one whose other end is frozen has to be asked.
        await connection.execute("SELECT 1", timeout=HEARTBEAT_TIMEOUT_SECONDS)
        try:
            await asyncio.wait_for(lost.wait(), HEARTBEAT_SECONDS)
        except TimeoutError:
            continue

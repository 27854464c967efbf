"""Hearing from PostgreSQL that something has changed, within milliseconds.

A notification that comes while nobody listens is lost. So whoever acts on them must know when the
connection is down, and must trust nothing it learnt before the connection was up again.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import structlog

from padstone.db.direct import connect_directly
from padstone.settings import DatabaseSettings, Settings

__all__ = ["Heard", "Listener"]

HEARTBEAT_SECONDS = 1.0
HEARTBEAT_TIMEOUT_SECONDS = 2.0  # with the interval: a frozen server is noticed after 3 s
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 2.0

_log = structlog.get_logger("padstone.db")

Heard = Callable[[str], None]
"""Is called with the payload of each notification."""


class Listener:
    """Listens on one connection of its own, and connects again for as long as it runs.

    One may serve several: what a process remembers of API keys, and of users' sessions.
    """

    def __init__(self, settings: Settings) -> None:
        if not isinstance(settings, DatabaseSettings):
            raise TypeError(
                f"What is listened to is PostgreSQL: let {type(settings).__name__} inherit "
                "DatabaseSettings."
            )
        self._settings = settings
        self._channels: dict[str, Heard] = {}
        self._hears: list[Callable[[bool], None]] = []
        self._task: asyncio.Task[None] | None = None
        self.is_listening = False

    def subscribe(self, channels: Mapping[str, Heard], *, hears: Callable[[bool], None]) -> None:
        """What to call for each channel; only before ``start``.

        ``hears`` is called with ``True`` when listening has begun, and with ``False`` when it has
        ended. Raises ``ValueError`` for a channel that is taken.
        """
        if taken := self._channels.keys() & channels.keys():
            raise ValueError(f"already listening on {', '.join(sorted(taken))}")
        self._channels |= channels
        self._hears.append(hears)

    def start(self) -> None:
        """Begins in the background; a database that is down delays nobody."""
        self._task = asyncio.create_task(self._listen_for_ever())

    async def stop(self) -> None:
        """Ends it and gives the connection back."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _listen_for_ever(self) -> None:
        pause = _FIRST_PAUSE
        while True:
            cause = "connection closed"
            try:
                async with self._listening() as (connection, lost):
                    pause = _FIRST_PAUSE
                    await _until_lost(connection, lost)
            except Exception as error:  # noqa: BLE001  # whatever it was, the mend is the same
                cause = type(error).__name__
            _log.warning("not listening for changes", cause=cause)
            # Random, so that the processes of a restarted database do not come all at once.
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311
            pause = min(pause * 2, _LONGEST_PAUSE)

    @asynccontextmanager
    async def _listening(self) -> AsyncIterator[tuple[Any, asyncio.Event]]:
        lost = asyncio.Event()
        connection = await connect_directly(self._settings, purpose="listener")
        try:
            connection.add_termination_listener(lambda _: lost.set())
            for channel, heard in self._channels.items():
                await connection.add_listener(channel, _payload_to(heard))
            self._turn(listening=True)
            yield connection, lost
        finally:
            # Not a polite close, which would wait for a server that may be frozen.
            connection.terminate()
            self._turn(listening=False)

    def _turn(self, *, listening: bool) -> None:
        if listening != self.is_listening:
            self.is_listening = listening
            for hears in self._hears:
                hears(listening)


def _payload_to(heard: Heard) -> Callable[..., None]:
    return lambda *message: heard(message[-1])


async def _until_lost(connection: Any, lost: asyncio.Event) -> None:
    while not lost.is_set():
        # A connection that is cut says so; one whose other end is frozen has to be asked.
        await connection.execute("SELECT 1", timeout=HEARTBEAT_TIMEOUT_SECONDS)
        try:
            # Not wait_for: in Python 3.11 it takes a cancellation for an answer that comes with
            # it, and this would listen for ever.
            async with asyncio.timeout(HEARTBEAT_SECONDS):
                await lost.wait()
        except TimeoutError:
            continue

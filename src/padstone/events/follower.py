"""Waiting for new events: one listening connection a process, however many streams are open."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from uuid import UUID

import structlog

from padstone.db import Database, Listener
from padstone.db.failures import is_transient
from padstone.events.event import Event
from padstone.events.log import EventLog, LoggedEvent

__all__ = ["Follower"]

BATCH = 100
"""As many events are read at once, and kept in memory for one stream."""
_LISTENING_SECONDS = 30.0
_DEAF_SECONDS = 1.0

_log = structlog.get_logger("padstone.events")


class Follower:
    """Follows the streams of ``logs``. The database is held for as long as a read takes.

    Building it subscribes to what ``listener`` hears. While that hears nothing, the streams are
    looked at once a second, and all of them are read again when it hears again.
    """

    def __init__(self, logs: Iterable[EventLog], database: Database, listener: Listener) -> None:
        self._database = database
        self._listener = listener
        self._waiting: defaultdict[tuple[str, str], set[asyncio.Event]] = defaultdict(set)
        channels: dict[str, Callable[[str], None]] = {
            log.channel: partial(self._heard, log.channel) for log in logs
        }
        self._channels = frozenset(channels)
        listener.subscribe(channels, hears=self._hears)

    async def events(
        self, log: EventLog, stream_id: UUID, *, after: int | None = None
    ) -> AsyncGenerator[Event, None]:
        """What ``follow`` gives, for an ``EventStream``."""
        following = self.follow(log, stream_id, after=after)
        try:
            async for logged in following:
                yield logged.as_event()
        finally:
            await following.aclose()

    async def follow(
        self, log: EventLog, stream_id: UUID, *, after: int | None = None
    ) -> AsyncGenerator[LoggedEvent, None]:
        """Every event after the number ``after``, in order, those that are to come included.

        It ends after a terminal event. Where the database does not answer, it waits. Raises
        ``ValueError`` for a log that the application was not given.
        """
        if log.channel not in self._channels:
            raise ValueError(f"create_app was given no event log of the table {log.table}")
        seen = after or 0
        # The last one that was seen is read again: browsers come back after a terminal event, too.
        last = max(seen - 1, 0)
        with self._wakened(log, stream_id) as wakened:
            while True:
                wakened.clear()  # before reading, so that what comes meanwhile is read next time
                events = await self._read(log, stream_id, last)
                for event in events or ():
                    last = event.sequence
                    if last > seen:
                        yield event
                    if event.kind in log.terminal:
                        return
                if events is None or len(events) < BATCH:
                    await self._wait(wakened, is_deaf=events is None)

    async def _read(
        self, log: EventLog, stream_id: UUID, after: int
    ) -> Sequence[LoggedEvent] | None:
        try:
            async with self._database.read_session() as session:
                return await log.read(session, stream_id, after=after, limit=BATCH)
        except Exception as error:
            if not is_transient(error):
                raise
            _log.warning("events cannot be read", error=type(error).__name__)
            return None

    async def _wait(self, wakened: asyncio.Event, *, is_deaf: bool) -> None:
        # While nobody tells, we look; and now and then all the same.
        is_told = self._listener.is_listening and not is_deaf
        seconds = _LISTENING_SECONDS if is_told else _DEAF_SECONDS
        try:
            async with asyncio.timeout(seconds * random.uniform(0.8, 1.2)):  # noqa: S311  # not all at once
                await wakened.wait()
        except TimeoutError:
            return

    @contextmanager
    def _wakened(self, log: EventLog, stream_id: UUID) -> Iterator[asyncio.Event]:
        place, wakened = (log.channel, str(stream_id)), asyncio.Event()
        self._waiting[place].add(wakened)
        try:
            yield wakened
        finally:
            self._waiting[place].discard(wakened)
            if not self._waiting[place]:
                del self._waiting[place]

    def _heard(self, channel: str, stream: str) -> None:
        for wakened in self._waiting.get((channel, stream), ()):
            wakened.set()

    def _hears(self, hears: bool) -> None:  # noqa: FBT001  # the listener's way to tell
        # What was notified while nobody listened is lost, so all look.
        if hears:
            for streams in self._waiting.values():
                for wakened in streams:
                    wakened.set()

"""Whoever follows misses nothing, whatever happens to the connections."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from uuid import UUID, uuid4

import pytest

from padstone.db import Database, Listener
from padstone.events import EventLog, Follower, LoggedEvent
from padstone.events import follower as module
from padstone.settings import DatabaseSettings

from .conftest import LOG, Base

Append = Callable[..., Awaitable[int]]


class Reader:
    """One who follows a stream, and takes note."""

    def __init__(self, follower: Follower, stream_id: UUID, after: int | None) -> None:
        self.seen: list[LoggedEvent] = []
        self._news = asyncio.Event()
        self.task = asyncio.create_task(self._read(follower, stream_id, after))

    async def _read(self, follower: Follower, stream_id: UUID, after: int | None) -> None:
        async with aclosing(follower.follow(LOG, stream_id, after=after)) as events:
            async for event in events:
                self.seen.append(event)
                self._news.set()

    async def until(self, count: int) -> list[int]:
        async with asyncio.timeout(30):
            while len(self.seen) < count:
                self._news.clear()
                await self._news.wait()
        return [event.sequence for event in self.seen]


@asynccontextmanager
async def reading(
    follower: Follower, stream_id: UUID, after: int | None = None
) -> AsyncIterator[Reader]:
    reader = Reader(follower, stream_id, after)
    try:
        yield reader
    finally:
        reader.task.cancel()
        await asyncio.gather(reader.task, return_exceptions=True)


async def until_listening(listener: Listener) -> None:
    async with asyncio.timeout(30):
        while not listener.is_listening:
            await asyncio.sleep(0.005)


@pytest.fixture
def deaf(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks by himself."""
    monkeypatch.setattr(module, "_DEAF_SECONDS", 600.0)
    monkeypatch.setattr(module, "_LISTENING_SECONDS", 600.0)


async def test_what_is_there_and_what_comes(
    follower: Follower, listener: Listener, append: Append, stream_id: UUID
) -> None:
    listener.start()
    await append(stream_id)
    async with reading(follower, stream_id) as reader:
        assert await reader.until(1) == [1]
        await until_listening(listener)
        await append(uuid4())
        await append(stream_id)
        assert await reader.until(2) == [1, 2]
        await append(stream_id, "finished")
        async with asyncio.timeout(30):
            await reader.task
    assert [event.kind for event in reader.seen] == ["step", "step", "finished"]


@pytest.mark.usefixtures("deaf")
async def test_a_notification_wakes_at_once(
    follower: Follower, listener: Listener, append: Append, stream_id: UUID
) -> None:
    listener.start()
    await until_listening(listener)
    async with reading(follower, stream_id) as one, reading(follower, stream_id) as two:
        for number in range(1, 4):
            await append(stream_id)
            for reader in (one, two):
                assert await reader.until(number) == list(range(1, number + 1))


async def test_who_has_seen_the_last_one_waits_for_nothing(
    follower: Follower, append: Append, stream_id: UUID
) -> None:
    await append(stream_id)
    await append(stream_id, "finished")
    async with asyncio.timeout(30):
        assert [one.sequence async for one in follower.follow(LOG, stream_id, after=1)] == [2]
        assert [one async for one in follower.follow(LOG, stream_id, after=2)] == []


@pytest.mark.usefixtures("deaf")
async def test_more_than_a_batch_and_from_the_middle(
    follower: Follower, append: Append, stream_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BATCH", 3)
    for _ in range(7):
        await append(stream_id)
    async with reading(follower, stream_id) as all_of_them:
        assert await all_of_them.until(7) == [1, 2, 3, 4, 5, 6, 7]
    async with reading(follower, stream_id, after=2) as later:
        assert await later.until(5) == [3, 4, 5, 6, 7]


@pytest.mark.usefixtures("deaf")
async def test_what_was_told_while_nobody_listened_is_read(
    follower: Follower, listener: Listener, append: Append, stream_id: UUID
) -> None:
    listener.start()
    await append(stream_id)
    async with reading(follower, stream_id) as reader:
        await until_listening(listener)
        await reader.until(1)
        await listener.stop()
        await append(stream_id)
        listener.start()
        assert await reader.until(2) == [1, 2]


async def test_where_nobody_tells_it_looks(
    follower: Follower, append: Append, stream_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_DEAF_SECONDS", 0.01)
    async with reading(follower, stream_id) as reader:
        await append(stream_id)
        assert await reader.until(1) == [1]


async def test_a_database_that_is_away_is_waited_for(
    follower: Follower, append: Append, stream_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_DEAF_SECONDS", 0.01)
    read, failures = EventLog.read, iter([ConnectionError(), TimeoutError()])

    async def fail_first(*args: object, **options: object) -> object:
        for error in failures:
            raise error
        return await read(*args, **options)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(EventLog, "read", fail_first)
    await append(stream_id)
    async with reading(follower, stream_id) as reader:
        assert await reader.until(1) == [1]


async def test_a_defect_is_not_waited_out(
    follower: Follower, tables: Database, stream_id: UUID
) -> None:
    async with tables.engine.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)
    with pytest.raises(Exception, match="run_events"):
        async for _ in follower.follow(LOG, stream_id):
            pass


async def test_promise_12_nothing_is_held_while_it_waits(
    tables: Database, listener: Listener, follower: Follower, append: Append
) -> None:
    listener.start()
    await until_listening(listener)
    streams = [uuid4() for _ in range(100)]
    readers = [Reader(follower, stream, None) for stream in streams]
    try:
        for stream in streams:
            await append(stream)
        for reader in readers:
            assert await reader.until(1) == [1]
        assert tables.pool_status()["in_use"] == 0
        assert len(follower._waiting) == 100
    finally:
        for reader in readers:
            reader.task.cancel()
        await asyncio.gather(*(one.task for one in readers), return_exceptions=True)
    assert not follower._waiting


async def test_as_events_they_carry_their_number(
    follower: Follower, append: Append, stream_id: UUID
) -> None:
    await append(stream_id, "step", done=1)
    await append(stream_id, "finished")
    events = [event async for event in follower.events(LOG, stream_id)]
    assert [(one.id, one.event, one.data) for one in events] == [
        ("1", "step", {"done": 1}),
        ("2", "finished", {}),
    ]


async def test_a_log_that_nobody_named_is_refused(tables: Database, stream_id: UUID) -> None:
    settings = DatabaseSettings(DATABASE_URL="postgresql://u:p@127.0.0.1:1/none")
    follower = Follower([], tables, Listener(settings))
    with pytest.raises(ValueError, match="no event log of the table run_events"):
        await anext(follower.follow(LOG, stream_id))

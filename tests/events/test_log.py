"""Numbers without gaps, in the order of commits; and what is deleted in time."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from pydantic import BaseModel
from sqlalchemy import text

from padstone.db import Database
from padstone.errors import ValidationError
from padstone.events import EventLog, EventsExpiredError, LoggedEvent, StreamEndedError

from .conftest import LOG, Base, RunEvent

Append = Callable[..., Coroutine[None, None, int]]


async def read(
    database: Database, stream_id: UUID, after: int = 0, limit: int = 100
) -> list[LoggedEvent]:
    async with database.read_session() as session:
        return list(await LOG.read(session, stream_id, after=after, limit=limit))


class Progress(BaseModel):
    run: UUID


async def test_what_is_appended_is_read(tables: Database, stream_id: UUID) -> None:
    async with tables.session() as session:
        first = await LOG.append(session, stream_id, "began")
        second = await LOG.append(session, stream_id, "step", Progress(run=stream_id))
        await LOG.append(session, uuid4(), "began", {"another": "stream"})
    assert await read(tables, stream_id) == [first, second]
    assert (first.sequence, first.kind, first.payload) == (1, "began", {})
    assert second.payload == {"run": str(stream_id)}
    assert second.created_at > first.created_at  # in one transaction
    assert await read(tables, stream_id, after=1) == [second]
    assert await read(tables, stream_id, limit=1) == [first]


def test_it_travels_by_its_number(stream_id: UUID) -> None:
    logged = LoggedEvent(stream_id, 7, "step", {"a": 1}, None)  # type: ignore[arg-type]  # unused
    assert logged.as_event().encode() == b'event: step\ndata: {"a":1}\nid: 7\n\n'


async def test_what_is_undone_leaves_no_gap(
    tables: Database, append: Append, stream_id: UUID
) -> None:
    await append(stream_id)
    with pytest.raises(ZeroDivisionError):
        async with tables.session() as session:
            await LOG.append(session, stream_id, "step")
            raise ZeroDivisionError
    assert await append(stream_id) == 2


async def test_no_number_is_seen_before_a_smaller_one(
    tables: Database, append: Append, stream_id: UUID
) -> None:
    async with tables.session() as slow:
        await LOG.append(slow, stream_id, "slow")
        quick = asyncio.create_task(append(stream_id, "quick"))
        other = await append(uuid4())  # waits for nobody
        async with asyncio.timeout(30):
            while not await _waits(tables):
                await asyncio.sleep(0.005)
        assert await read(tables, stream_id) == []
    assert other == 1
    assert await quick == 2
    assert [event.kind for event in await read(tables, stream_id)] == ["slow", "quick"]


async def _waits(database: Database) -> bool:
    async with database.read_session() as session:
        return bool(
            await session.scalar(
                text(
                    "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND database = "
                    "(SELECT oid FROM pg_database WHERE datname = current_database()))"
                )
            )
        )


async def test_many_at_once_leave_no_gap_and_no_double(
    tables: Database, append: Append, stream_id: UUID
) -> None:
    numbers = await asyncio.gather(*(append(stream_id, n=n) for n in range(15)))
    assert sorted(numbers) == list(range(1, 16))


async def test_nothing_comes_after_the_last(append: Append, stream_id: UUID) -> None:
    await append(stream_id)
    await append(stream_id, "finished")
    for kind in ("step", "failed"):
        with pytest.raises(StreamEndedError):
            await append(stream_id, kind)


async def test_whoever_has_missed_nothing_may_go_on(
    tables: Database, append: Append, stream_id: UUID
) -> None:
    for _ in range(3):
        await append(stream_id)
    async with tables.session() as session:
        for after in (None, 0, 1, 3):
            await LOG.check(session, stream_id, after)
        with pytest.raises(ValidationError) as refused:
            await LOG.check(session, stream_id, 4)
        [problem] = refused.value.errors
        assert problem.field == "header.Last-Event-ID"
        await session.execute(text("DELETE FROM run_events WHERE sequence <= 2"))
        for after in (None, 0, 2, 3):  # who begins does not ask for what was before
            await LOG.check(session, stream_id, after)
        for after, stream in ((1, stream_id), (1, uuid4())):
            with pytest.raises(EventsExpiredError):
                await LOG.check(session, stream, after)


async def test_old_events_go_and_the_number_stays(
    tables: Database, append: Append, stream_id: UUID
) -> None:
    ended, young = uuid4(), uuid4()
    for stream in (stream_id, ended, young):
        for _ in range(2):
            await append(stream)
    await append(ended, "finished")
    async with tables.session() as session:
        old = text(
            "UPDATE run_events SET created_at = created_at - interval '8 days'"
            " WHERE stream_id <> :young"
        )
        await session.execute(old, {"young": young})
        assert await LOG.purge(session, limit=3) == 3
        assert await LOG.purge(session) == 1
        assert await LOG.purge(session) == 0
    assert [event.sequence for event in await read(tables, stream_id)] == [2]
    assert await read(tables, ended) == []
    assert len(await read(tables, young)) == 2
    assert await append(stream_id) == 3


async def test_how_long_is_the_logs_own(tables: Database, append: Append, stream_id: UUID) -> None:
    for _ in range(2):
        await append(stream_id)
    async with tables.session() as session:
        assert await EventLog(RunEvent, keep=timedelta(0)).purge(session) == 1


def test_a_log_is_of_a_table() -> None:
    with pytest.raises(TypeError, match="Base is not the mapped class of a table"):
        _ = EventLog(Base).channel

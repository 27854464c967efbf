"""In a test every session shares one connection, and nobody notices but the clock."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.db import Database, after_commit
from padstone.settings import DatabaseSettings

ADD = text("INSERT INTO things VALUES (:id)")
COUNT = text("SELECT count(*) FROM things")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def things(database_factory: Any) -> AsyncIterator[Database]:
    async with database_factory.blank() as url:
        database = Database(DatabaseSettings(DATABASE_URL=url, DATABASE_POOL_MIN_SIZE=0))
        async with database.session() as session:
            await session.execute(text("CREATE TABLE things (id int PRIMARY KEY)"))
        yield database
        await database.close()


@pytest_asyncio.fixture
async def pinned(things: Database) -> AsyncIterator[Database]:
    async with things.engine.connect() as connection:
        transaction = await connection.begin()
        async with things.pinned(connection):
            yield things
        await transaction.rollback()
    async with things.read_session() as session:
        assert await session.scalar(COUNT) == 0, "the test left something behind"


async def count(database: Database) -> int:
    async with database.read_session() as session:
        return await session.scalar(COUNT) or 0


async def add(database: Database, number: int) -> None:
    async with database.session() as session:
        await session.execute(ADD, {"id": number})


async def test_what_one_session_commits_the_next_one_sees(pinned: Database) -> None:
    await add(pinned, 1)
    assert await count(pinned) == 1
    assert pinned.pool_status()["in_use"] == 1


async def test_an_error_undoes_its_session_only(pinned: Database) -> None:
    await add(pinned, 1)
    with pytest.raises(KeyError):
        async with pinned.session() as session:
            await session.execute(ADD, {"id": 2})
            raise KeyError
    assert await count(pinned) == 1


async def test_a_statement_that_fails_poisons_nobody(pinned: Database) -> None:
    await add(pinned, 1)
    with pytest.raises(IntegrityError):
        await add(pinned, 1)
    with pytest.raises(DBAPIError):
        async with pinned.read_session() as session:
            await session.execute(text("SELECT nothing"))
    await add(pinned, 2)
    assert await count(pinned) == 2


async def test_sessions_nest(pinned: Database) -> None:
    async with pinned.session() as outer:
        await outer.execute(ADD, {"id": 1})
        async with pinned.session() as inner:
            await inner.execute(ADD, {"id": 2})
        with pytest.raises(IntegrityError):
            await add(pinned, 2)
        async with pinned.read_session() as reading:
            assert await reading.scalar(COUNT) == 2
        await outer.execute(ADD, {"id": 3})
    assert await count(pinned) == 3


async def test_an_outer_rollback_undoes_what_was_committed_within(pinned: Database) -> None:
    with pytest.raises(KeyError):
        async with pinned.session() as outer:
            await outer.execute(ADD, {"id": 1})
            await add(pinned, 2)
            raise KeyError
    assert await count(pinned) == 0


async def test_sessions_at_the_same_time_take_turns(pinned: Database) -> None:
    async def work(number: int) -> None:
        async with pinned.session() as session:
            await session.execute(ADD, {"id": number})
            await asyncio.sleep(0)
            await session.execute(text("SELECT 1"))
            if number % 3 == 0:
                raise KeyError

    results = await asyncio.gather(*(work(number) for number in range(12)), return_exceptions=True)
    assert [type(result) for result in results].count(KeyError) == 4
    assert await count(pinned) == 8


async def test_tasks_that_a_session_waits_for_get_their_turn_within_it(pinned: Database) -> None:
    async with asyncio.timeout(10), pinned.session() as session:
        await session.execute(ADD, {"id": 0})
        await asyncio.gather(*(add(pinned, number) for number in range(1, 6)))
        assert await session.scalar(COUNT) == 6
    assert await count(pinned) == 6


async def test_a_task_that_outlives_its_session(pinned: Database) -> None:
    may_go = asyncio.Event()

    async def later() -> None:
        await may_go.wait()
        await add(pinned, 2)

    async with pinned.session() as session:
        await session.execute(ADD, {"id": 1})
        task = asyncio.create_task(later())
    async with pinned.session() as session:
        may_go.set()
        await asyncio.sleep(0)
        await session.execute(ADD, {"id": 3})
    await task
    assert await count(pinned) == 3


async def test_a_cancelled_session_leaves_no_trace(pinned: Database) -> None:
    # Between two statements: in the middle of one, the connection would be lost, as ever.
    reached = asyncio.Event()

    async def work() -> None:
        async with pinned.session() as session:
            await session.execute(ADD, {"id": 1})
            reached.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await reached.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await count(pinned) == 0
    await add(pinned, 1)
    assert await count(pinned) == 1


async def test_after_commit_happens_as_ever(pinned: Database) -> None:
    seen: list[str] = []
    async with pinned.session() as session:
        after_commit(session, lambda: seen.append("committed"))
        await session.execute(ADD, {"id": 1})
        assert seen == []
    with pytest.raises(KeyError):
        async with pinned.session() as session:
            after_commit(session, lambda: seen.append("undone"))
            await session.execute(ADD, {"id": 2})
            raise KeyError
    assert seen == ["committed"]


async def test_units_of_work_run_whatever_isolation_they_ask_for(pinned: Database) -> None:
    calls = 0

    async def work(session: AsyncSession) -> None:
        nonlocal calls
        calls += 1
        await session.execute(ADD, {"id": 1})
        if calls == 1:
            await session.execute(text("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$"))

    await pinned.run(work, isolation_level="SERIALIZABLE")
    assert calls == 2
    assert await count(pinned) == 1


async def test_the_pool_is_there_again_afterwards(things: Database) -> None:
    async with things.engine.connect() as connection:
        async with things.pinned(connection):
            assert things.pinned_connection is connection
        assert things.pinned_connection is None
        async with things.session() as session:
            await session.execute(text("SELECT 1"))
            assert things.pool_status()["in_use"] == 2
        assert not connection.in_transaction()


async def test_what_nobody_asked_for_ends_before_a_pin_and_waits_meanwhile(
    things: Database,
) -> None:
    order: list[str] = []

    async def pin() -> None:
        async with things.engine.connect() as connection, things.pinned(connection):
            order.append("pinned")
            async with things.unasked() as may:
                assert not may

    async with things.unasked() as first, things.unasked() as second:
        assert first
        assert second
        pinning = asyncio.create_task(pin())
        async with things.engine.connect():  # long enough for the other one
            await asyncio.sleep(0)
        async with things.session() as session:
            await session.execute(text("SELECT 1"))
        order.append("worked")
    await pinning
    assert order == ["worked", "pinned"]
    async with things.unasked() as may:
        assert may

"""Connections that break, servers that restart and callers that leave cost one answer at most."""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.db import Database, sqlstate_of, translate
from padstone.errors import UnavailableError

ADD = text("INSERT INTO things VALUES (DEFAULT)")
COUNT = text("SELECT count(*) FROM things")


async def create(database: Database) -> None:
    async with database.session() as session:
        await session.execute(text("CREATE TABLE things (id serial PRIMARY KEY)"))


async def add(database: Database) -> None:
    async with database.session() as session:
        await session.execute(ADD)


async def count(database: Database) -> int:
    async with database.read_session() as session:
        return await session.scalar(COUNT) or 0


def assert_unavailable(error: BaseException) -> None:
    told = translate(error)
    assert isinstance(told, UnavailableError), repr(error)
    assert told.retry_after


class TestCancellation:
    """PROMISES 11: an abort at any await leaves no connection behind, and none poisoned."""

    @pytest_asyncio.fixture
    async def small(self, open_database: Any) -> AsyncIterator[Database]:
        database = await open_database(
            DATABASE_POOL_SIZE=4,
            DATABASE_POOL_MIN_SIZE=4,
            DATABASE_POOL_TIMEOUT_SECONDS=30,
            DATABASE_SSL="disable",  # or the driver logs each connection that it did not finish
        )
        await create(database)
        yield database

    async def write(self, database: Database, done: list[int]) -> None:
        async with database.session() as session:
            await session.execute(ADD)
            async with session.begin_nested():
                await session.execute(text("SELECT pg_sleep(0.001)"))
        done.append(1)

    async def read(self, database: Database, _done: list[int]) -> None:
        async with database.read_session() as session:
            await session.execute(text("SELECT pg_sleep(0.001)"))
            await session.execute(COUNT)

    async def retry(self, database: Database, done: list[int]) -> None:
        async def work(session: AsyncSession) -> None:
            await session.execute(ADD)

        await database.run(work, isolation_level="SERIALIZABLE")
        done.append(1)

    async def fail(self, database: Database, _done: list[int]) -> None:
        async with database.session() as session:
            await session.execute(text("SELECT 1 / 0"))

    async def test_aborts_leave_the_pool_and_the_server_at_base_line(
        self, small: Database, watcher: Any
    ) -> None:
        dice = random.Random(20261121)  # noqa: S311
        done: list[int] = []
        works = [self.write, self.read, self.retry, self.fail]

        async def abort_one(number: int) -> bool:
            task = asyncio.create_task(works[number % len(works)](small, done))
            if number % 10:  # the others have to get through between them
                # At a random await: after some turns of the loop, or some time.
                for _ in range(dice.randrange(12)):
                    await asyncio.sleep(0)
                await asyncio.sleep(dice.choice([0, 0.001, 0.01, 0.05]) * dice.random())
                task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            return task.cancelled()

        aborted = 0
        for first in range(0, 1_000, 20):
            numbers = range(first, first + 20)
            aborted += sum(await asyncio.gather(*map(abort_one, numbers)))

        async def base_line() -> bool:
            idle = await watcher.backends("idle")
            everything = await watcher.backends()
            return small.pool_status()["in_use"] == 0 and idle == everything and len(idle) <= 4

        await watcher.until(base_line)
        assert aborted > 0
        assert len(done) > 0
        # Each of the pool's connections works, and nobody's transaction is still open on it.
        async with small.session() as one, small.session() as two, small.session() as three:
            for session in (one, two, three):
                assert await session.scalar(COUNT) >= len(done)

    async def test_an_abort_while_waiting_for_the_pool(self, small: Database) -> None:
        async with small.session() as a, small.session() as b, small.session() as c:
            async with small.session() as d:
                for session in (a, b, c, d):
                    await session.execute(COUNT)
                waiting = [asyncio.create_task(count(small)) for _ in range(20)]
                await asyncio.sleep(0)
                for task in waiting[::2]:
                    task.cancel()
            results = await asyncio.gather(*waiting, return_exceptions=True)
        assert [type(result) for result in results[::2]] == [asyncio.CancelledError] * 10
        assert results[1::2] == [0] * 10
        assert small.pool_status()["in_use"] == 0


class TestRestart:
    """PROMISES 9: whoever is in the middle of something gets a 503, and the next one an answer."""

    async def test_an_idle_connection_that_was_closed_is_nobodys_error(
        self, open_database: Any, watcher: Any
    ) -> None:
        database = await open_database(DATABASE_POOL_MIN_SIZE=3)
        await create(database)
        async with database.engine.connect() as a, database.engine.connect() as b:
            held = [(await one.get_raw_connection()).driver_connection for one in (a, b)]
        await watcher.terminate_all()

        async def noticed() -> bool:
            return all(one is not None and one.is_closed() for one in held)

        await watcher.until(noticed)
        for _ in range(3):
            await count(database)

    async def test_a_connection_that_ends_in_the_middle(
        self, open_database: Any, watcher: Any
    ) -> None:
        database = await open_database(DATABASE_POOL_MIN_SIZE=3)
        await create(database)
        with pytest.raises(DBAPIError) as caught:
            async with database.session() as session:
                await session.execute(ADD)
                await watcher.terminate_all()
                await session.execute(ADD)
        assert_unavailable(caught.value)
        assert database.pool_status()["in_use"] == 0
        await add(database)
        assert await count(database) == 1

    async def test_a_connection_that_ends_before_the_commit(
        self, open_database: Any, watcher: Any
    ) -> None:
        database = await open_database()
        await create(database)
        with pytest.raises((DBAPIError, OSError)) as caught:
            async with database.session() as session:
                await session.execute(ADD)
                await watcher.terminate_all()
        assert_unavailable(caught.value)
        await add(database)

    async def test_a_wire_that_is_cut(self, open_database: Any, proxy: Any) -> None:
        database = await open_database(
            DATABASE_URL=await proxy.listen(), DATABASE_POOL_MIN_SIZE=3, DATABASE_SSL="disable"
        )
        await create(database)
        for _ in range(3):
            with pytest.raises((DBAPIError, OSError)) as caught:
                async with database.session() as session:
                    await session.execute(ADD)
                    proxy.cut()
                    await session.execute(ADD)
            assert_unavailable(caught.value)
            await add(database)
        assert database.pool_status()["in_use"] == 0

    async def test_a_server_that_is_away_and_comes_back(
        self, open_database: Any, proxy: Any
    ) -> None:
        database = await open_database(DATABASE_URL=await proxy.listen(), DATABASE_POOL_MIN_SIZE=3)
        await create(database)
        await proxy.down()
        for _ in range(3):
            with pytest.raises((DBAPIError, OSError)) as caught:
                await add(database)
            assert_unavailable(caught.value)
        await proxy.up()
        await add(database)
        assert database.pool_status()["in_use"] == 0

    async def test_restarts_under_load_cost_503s_only(
        self, open_database: Any, watcher: Any
    ) -> None:
        database = await open_database(DATABASE_POOL_SIZE=4)
        await create(database)
        over = False
        succeeded, failed = 0, []

        async def work() -> None:
            nonlocal succeeded
            while not over:
                try:
                    await add(database)
                except Exception as error:  # noqa: BLE001
                    failed.append(error)
                else:
                    succeeded += 1

        workers = [asyncio.create_task(work()) for _ in range(8)]
        for _ in range(10):
            seen = succeeded
            async with asyncio.timeout(10):
                while succeeded < seen + 20:
                    await asyncio.sleep(0.001)
            await watcher.terminate_all()
        over = True
        await asyncio.gather(*workers)
        for error in failed:
            assert_unavailable(error)
        stored = await count(database)
        # What was acknowledged is there; an unanswered commit may or may not have happened.
        assert succeeded <= stored <= succeeded + len(failed)


class TestFailover:
    """PROMISES 10: a connection that leads to a standby is left, and its like with it."""

    async def test_a_read_only_server_is_left(self, open_database: Any, watcher: Any) -> None:
        database = await open_database(DATABASE_POOL_SIZE=3, DATABASE_POOL_MIN_SIZE=3)
        await create(database)
        name = database.engine.url.database
        before = set(await watcher.backends())
        await watcher.connection.execute(
            f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'
        )
        await watcher.terminate_all()  # new connections are read-only, as after a failover
        with pytest.raises(DBAPIError) as caught:
            await add(database)
        assert sqlstate_of(caught.value) == "25006"
        assert_unavailable(caught.value)
        await watcher.connection.execute("SET default_transaction_read_only = off")
        await watcher.connection.execute(
            f'ALTER DATABASE "{name}" RESET default_transaction_read_only'
        )
        # Without a restart, and although the server never closed a connection.
        await add(database)
        assert before.isdisjoint(await watcher.backends())

    async def test_all_connections_of_the_pool_are_left(
        self, open_database: Any, watcher: Any
    ) -> None:
        database = await open_database(DATABASE_POOL_SIZE=3, DATABASE_POOL_MIN_SIZE=3)
        await create(database)
        async with database.engine.connect() as a, database.engine.connect() as b:
            for connection in (a, b):
                await connection.execute(text("SET default_transaction_read_only = on"))
                await connection.commit()
        with pytest.raises(DBAPIError):
            await add(database)
        for _ in range(3):
            await add(database)

"""Units of work are repeated where PostgreSQL undid them, and the pool has an end."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
import time_machine
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.db import Database, sqlstate_of, translate
from padstone.errors import ConflictError, UnavailableError
from padstone.settings import DatabaseSettings

BALANCE = text("SELECT balance FROM accounts WHERE id = :id")
ADD = text("UPDATE accounts SET balance = balance + 1 WHERE id = :id")
SET = text("UPDATE accounts SET balance = :balance WHERE id = :id")


@pytest_asyncio.fixture
async def accounts(database: Database) -> AsyncIterator[Database]:
    async with database.session() as session:
        await session.execute(text("CREATE TABLE accounts (id int PRIMARY KEY, balance int)"))
        await session.execute(text("INSERT INTO accounts VALUES (1, 0), (2, 0)"))
    yield database


async def balances(database: Database) -> list[int]:
    async with database.read_session() as session:
        found = await session.scalars(text("SELECT balance FROM accounts ORDER BY id"))
        return list(found)


async def ask(database: Database) -> None:
    async with database.read_session() as session:
        await session.execute(text("SELECT 1"))


class TestRun:
    async def test_it_commits_and_gives_the_result(self, accounts: Database) -> None:
        async def work(session: AsyncSession) -> str:
            await session.execute(ADD, {"id": 1})
            return "done"

        assert await accounts.run(work) == "done"
        assert await balances(accounts) == [1, 0]

    async def test_lost_updates_are_repeated_until_none_is_lost(self, accounts: Database) -> None:
        calls = 0

        async def work(session: AsyncSession) -> None:
            nonlocal calls
            calls += 1
            balance = await session.scalar(BALANCE, {"id": 1})
            await session.execute(SET, {"id": 1, "balance": balance + 1})

        work_on = accounts.run
        await asyncio.gather(
            *(work_on(work, isolation_level="SERIALIZABLE", attempts=50) for _ in range(8))
        )
        assert await balances(accounts) == [8, 0]
        assert calls > 8, "nobody collided, so nothing was tested"

    async def test_a_deadlock_is_repeated(self, accounts: Database) -> None:
        both_hold_one = asyncio.Barrier(2)
        calls = 0

        async def work(session: AsyncSession, first: int, second: int) -> None:
            nonlocal calls
            calls += 1
            await session.execute(ADD, {"id": first})
            if calls <= 2:
                await both_hold_one.wait()
            await session.execute(ADD, {"id": second})

        await asyncio.gather(
            accounts.run(lambda session: work(session, 1, 2)),
            accounts.run(lambda session: work(session, 2, 1)),
        )
        assert await balances(accounts) == [2, 2]
        assert calls == 3

    async def test_a_failure_at_the_commit_is_repeated(self, accounts: Database) -> None:
        # Two transactions that each read what the other writes: the later commit is refused.
        ready = asyncio.Barrier(2)
        calls = 0

        async def work(session: AsyncSession, own: int, others: int) -> None:
            nonlocal calls
            calls += 1
            seen = await session.scalar(BALANCE, {"id": others})
            if calls <= 2:
                await ready.wait()
            await session.execute(SET, {"id": own, "balance": seen + 1})

        await asyncio.gather(
            *(
                accounts.run(lambda s, a=a, b=b: work(s, a, b), isolation_level="SERIALIZABLE")
                for a, b in ((1, 2), (2, 1))
            )
        )
        assert sorted(await balances(accounts)) == [1, 2], "as if one had run after the other"
        assert calls == 3

    @pytest.mark.parametrize("error", [KeyError("x"), ConflictError()])
    async def test_other_failures_are_passed_on_at_once(
        self, accounts: Database, error: Exception
    ) -> None:
        calls = 0

        async def work(session: AsyncSession) -> None:
            nonlocal calls
            calls += 1
            await session.execute(ADD, {"id": 1})
            raise error

        with pytest.raises(type(error)):
            await accounts.run(work)
        assert calls == 1
        assert await balances(accounts) == [0, 0]

    async def test_what_never_succeeds_is_passed_on_in_the_end(self, accounts: Database) -> None:
        calls = 0

        async def work(session: AsyncSession) -> None:
            nonlocal calls
            calls += 1
            await session.execute(text("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$"))

        with pytest.raises(DBAPIError) as caught:
            await accounts.run(work, attempts=3)
        assert calls == 3
        assert sqlstate_of(caught.value) == "40001"
        assert isinstance(translate(caught.value), UnavailableError)

    async def test_the_isolation_is_asked_for_and_given_back(self, accounts: Database) -> None:
        show = text("SHOW transaction_isolation")

        async def work(session: AsyncSession) -> Any:
            return await session.scalar(show)

        assert await accounts.run(work, isolation_level="SERIALIZABLE") == "serializable"
        assert await accounts.run(work) == "read committed"


class TestPool:
    async def test_whoever_waits_too_long_for_a_connection_is_told_to_come_again(
        self, open_database: Any
    ) -> None:
        database = await open_database(DATABASE_POOL_SIZE=2, DATABASE_POOL_TIMEOUT_SECONDS=0.05)
        async with database.session() as one, database.session() as other:
            await one.execute(text("SELECT 1"))
            await other.execute(text("SELECT 1"))
            assert database.pool_status() == {"in_use": 2, "idle": 0, "size": 2}
            with pytest.raises(PoolTimeoutError) as caught:
                await ask(database)
        told = translate(caught.value)
        assert isinstance(told, UnavailableError)
        assert told.detail == "All database connections are busy."
        await ask(database)
        assert database.pool_status() == {"in_use": 0, "idle": 2, "size": 2}

    async def test_a_session_that_asks_nothing_holds_no_connection(
        self, database: Database
    ) -> None:
        async with database.session(), database.read_session():
            assert database.pool_status()["in_use"] == 0

    async def test_the_pool_never_grows_beyond_its_size(
        self, open_database: Any, watcher: Any
    ) -> None:
        database = await open_database(DATABASE_POOL_SIZE=3, DATABASE_POOL_MIN_SIZE=0)

        async def work() -> None:
            async with database.session() as session:
                await session.execute(text("SELECT pg_sleep(0.01)"))

        await asyncio.gather(*(work() for _ in range(30)))
        assert database.pool_status() == {"in_use": 0, "idle": 3, "size": 3}
        assert len(await watcher.backends()) == 3

    async def test_it_is_warm_after_opening(self, open_database: Any, watcher: Any) -> None:
        database = await open_database(DATABASE_POOL_SIZE=5, DATABASE_POOL_MIN_SIZE=4)
        assert database.pool_status() == {"in_use": 0, "idle": 4, "size": 5}
        assert len(await watcher.backends()) == 4

    async def test_closing_gives_everything_back(self, open_database: Any, watcher: Any) -> None:
        database = await open_database(DATABASE_POOL_MIN_SIZE=3)
        await database.close()

        async def none_left() -> bool:
            return not await watcher.backends()

        await watcher.until(none_left)

    async def test_a_connection_that_grew_old_is_replaced(
        self, open_database: Any, watcher: Any
    ) -> None:
        database = await open_database(DATABASE_POOL_RECYCLE_SECONDS=100)
        before = await watcher.backends()
        await ask(database)
        assert await watcher.backends() == before
        with time_machine.travel(datetime.now(UTC) + timedelta(seconds=101)):
            await ask(database)

        async def replaced() -> bool:
            now = await watcher.backends()
            return len(now) == 1 and now != before

        await watcher.until(replaced)


async def test_two_databases_know_nothing_of_each_other(
    database: Database, database_factory: Any
) -> None:
    async with database_factory.blank() as url:
        other = Database(DatabaseSettings(DATABASE_URL=url))
        async with other.session() as session:
            await session.execute(text("CREATE TABLE only_here ()"))
        await other.close()
    async with database.read_session() as session:
        assert await session.scalar(text("SELECT to_regclass('only_here')")) is None

"""Statements without a session: prepared once, and again after a migration."""

from typing import Any
from uuid import uuid4

import pytest
from asyncpg.exceptions import DivisionByZeroError, UniqueViolationError
from sqlalchemy import text

from padstone.db import Database

PREPARED = "SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT $1::int + 1'"


async def one(database: Database, sql: str, *values: Any) -> Any:
    ((value,),) = await database.fetch(sql, values)
    return value


async def test_it_is_prepared_once_on_a_connection(open_database: Any) -> None:
    database = await open_database(DATABASE_POOL_SIZE=1)
    for number in range(5):
        assert await one(database, "SELECT $1::int + 1", number) == number + 1
    assert await one(database, PREPARED) == 1


async def test_behind_a_transaction_pooler_nothing_is_prepared(open_database: Any) -> None:
    database = await open_database(DATABASE_POOL_SIZE=1, DATABASE_PREPARED_STATEMENTS=False)
    for number in range(3):
        assert await one(database, "SELECT $1::int + 1", number) == number + 1
    assert await one(database, PREPARED) == 0
    assert database.pool_status()["in_use"] == 0


async def test_it_is_in_autocommit(open_database: Any, watcher: Any) -> None:
    database = await open_database(DATABASE_POOL_SIZE=1)
    await database.fetch("CREATE TABLE things (id uuid)", ())
    await database.fetch("INSERT INTO things VALUES ($1)", (uuid4(),))
    assert await watcher.connection.fetchval("SELECT count(*) FROM things") == 1


async def test_after_a_migration_it_is_prepared_anew(open_database: Any, watcher: Any) -> None:
    database = await open_database(DATABASE_POOL_SIZE=1)
    await watcher.connection.execute("CREATE TABLE things (id int); INSERT INTO things VALUES (7)")
    for kind, value in (("int", 7), ("text", "7"), ("numeric", 7)):
        await watcher.connection.execute(
            f"ALTER TABLE things ALTER id TYPE {kind} USING id::{kind}"
        )
        assert await one(database, "SELECT id FROM things") == value
        assert await one(database, "SELECT id FROM things") == value


async def test_a_failure_is_the_drivers_and_spoils_nothing(open_database: Any) -> None:
    database = await open_database(DATABASE_POOL_SIZE=1)
    with pytest.raises(DivisionByZeroError):
        await database.fetch("SELECT 1 / $1::int", (0,))
    assert await one(database, "SELECT 1 / $1::int", 1) == 1
    assert database.pool_status()["in_use"] == 0


async def test_sessions_and_statements_share_connections_without_a_trace(
    open_database: Any,
) -> None:
    database = await open_database(DATABASE_POOL_SIZE=1)
    async with database.session() as session:
        await session.execute(text("CREATE TABLE things (id int UNIQUE)"))
    for number in range(3):
        await database.fetch("INSERT INTO things VALUES ($1)", (number,))
        async with database.session() as session:
            await session.execute(text("INSERT INTO things VALUES (:id)"), {"id": number + 10})
        async with database.read_session() as session:
            assert await session.scalar(text("SELECT count(*) FROM things")) == 2 * number + 2


async def test_in_a_tests_transaction_it_sees_and_is_undone_with_it(open_database: Any) -> None:
    database = await open_database(DATABASE_POOL_SIZE=2)
    await database.fetch("CREATE TABLE things (id int UNIQUE)", ())
    async with database.engine.connect() as connection:
        transaction = await connection.begin()
        async with database.pinned(connection):
            async with database.session() as session:
                await session.execute(text("INSERT INTO things VALUES (1)"))
            assert await one(database, "SELECT count(*) FROM things") == 1
            await database.fetch("INSERT INTO things VALUES ($1)", (2,))
            with pytest.raises(Exception, match="unique") as caught:
                await database.fetch("INSERT INTO things VALUES ($1)", (2,))
            assert isinstance(caught.value.__cause__.__cause__, UniqueViolationError)
            assert await one(database, "SELECT count(*) FROM things") == 2
        await transaction.rollback()
    assert await one(database, "SELECT count(*) FROM things") == 0

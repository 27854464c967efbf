"""One pool for sessions and prepared statements: bounded, and fair to whoever waits."""

import asyncio
import io
import json
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from padstone import log
from padstone.db import Database
from padstone.testing.logs import logging_kept

SLOWLY = "SELECT pg_sleep(0.05)::text"


async def by_session(database: Database) -> None:
    async with database.read_session() as session:
        await session.execute(text(SLOWLY))


async def by_statement(database: Database) -> None:
    await database.fetch(SLOWLY, ())


async def test_both_lanes_together_open_no_more_than_the_pool_may(
    open_database: Any, watcher: Any
) -> None:
    database = await open_database(DATABASE_POOL_SIZE=3)
    async with asyncio.TaskGroup() as group:
        for _ in range(12):
            group.create_task(by_session(database))
            group.create_task(by_statement(database))
    assert len(await watcher.backends()) == 3
    assert database.pool_status() == {"in_use": 0, "idle": 3, "size": 3}


async def test_whoever_waits_longest_is_served_first(open_database: Any) -> None:
    database = await open_database(DATABASE_POOL_SIZE=1)
    served: list[int] = []

    async def ask(number: int) -> None:
        await (by_session if number % 2 else by_statement)(database)
        served.append(number)

    tasks = []
    for number in range(8):
        tasks.append(asyncio.create_task(ask(number)))
        await asyncio.sleep(0)  # so that each has asked before the next one does
    # One that comes later, again and again, must not get in between.
    while not all(task.done() for task in tasks[:4]):
        await asyncio.wait(tasks[: len(served) + 1])
        tasks.append(asyncio.create_task(ask(len(tasks))))
    await asyncio.gather(*tasks)
    assert served[:8] == list(range(8))


async def test_a_statement_waits_no_longer_than_the_pool_lets_it(open_database: Any) -> None:
    database = await open_database(DATABASE_POOL_SIZE=1, DATABASE_POOL_TIMEOUT_SECONDS=0.1)
    async with database.session() as session:
        await session.execute(text("SELECT 1"))
        with pytest.raises(PoolTimeoutError):
            await database.fetch("SELECT 1", ())
    assert [tuple(row) for row in await database.fetch("SELECT 1", ())] == [(1,)]


async def test_who_gives_up_takes_no_connection_along(open_database: Any) -> None:
    database = await open_database(DATABASE_POOL_SIZE=2)
    for delay in range(40):
        tasks = [asyncio.create_task(by_statement(database)) for _ in range(6)]
        for _ in range(delay):
            await asyncio.sleep(0)
        for task in tasks[::2]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert database.pool_status()["in_use"] == 0
    assert [tuple(row) for row in await database.fetch("SELECT 1", ())] == [(1,)]


async def test_a_connection_that_was_handed_to_whoever_left_goes_to_the_next(
    open_database: Any,
) -> None:
    database = await open_database(DATABASE_POOL_SIZE=1)
    pool = database.engine.sync_engine.pool
    entry = await pool.take()
    first, second = (asyncio.create_task(pool.take()) for _ in range(2))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    pool.give(entry)  # the first has it now, and does not know yet
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert await asyncio.wait_for(second, 5) is entry
    pool.give(entry)


async def test_an_open_transaction_is_not_handed_on(open_database: Any) -> None:
    database = await open_database(DATABASE_POOL_SIZE=1)
    pool = database.engine.sync_engine.pool
    entry = await pool.take()
    before = entry.driver_connection
    await before.execute("BEGIN")
    pool.give(entry)
    again = await pool.take()
    assert again.driver_connection is not before
    assert not again.driver_connection.is_in_transaction()
    pool.give(again)


async def test_a_connection_that_was_closed_is_replaced(open_database: Any, watcher: Any) -> None:
    database = await open_database(DATABASE_POOL_SIZE=2, DATABASE_POOL_MIN_SIZE=2)
    await asyncio.gather(by_statement(database), by_statement(database))
    before = await watcher.backends()
    await watcher.terminate_all()
    pool = database.engine.sync_engine.pool
    await watcher.until(lambda: _all_closed(pool))
    assert [tuple(row) for row in await database.fetch("SELECT 1", ())] == [(1,)]
    assert not set(before) & set(await watcher.backends())


async def _all_closed(pool: Any) -> bool:
    return all(entry.driver_connection.is_closed() for entry in pool._pool._idle)


async def test_an_old_connection_is_replaced(open_database: Any, watcher: Any) -> None:
    database = await open_database(DATABASE_POOL_RECYCLE_SECONDS=60)
    pool = database.engine.sync_engine.pool
    entry = await pool.take()
    before = entry.driver_connection
    entry.starttime -= 61
    pool.give(entry)
    assert [tuple(row) for row in await database.fetch("SELECT 1", ())] == [(1,)]
    entry = await pool.take()
    assert entry.driver_connection is not before
    pool.give(entry)


async def test_it_says_no_more_than_sqlalchemys_own_does(open_database: Any) -> None:
    stream = io.StringIO()
    with logging_kept():
        log.configure(stream=stream)
        database = await open_database(DATABASE_POOL_SIZE=1)
        await by_statement(database)
        await database.close()
    # Another test's application may end in the meantime, and SQLAlchemy echo where one asked it to.
    said = [json.loads(line).get("logger", "") for line in stream.getvalue().splitlines()]
    assert not [name for name in said if name.startswith(("padstone.db.pool", "sqlalchemy.pool"))]

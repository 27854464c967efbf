"""Promise 26: guesses are counted, exactly, whatever comes with them."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from padstone.auth.users.attempts import Attempts, Limit
from padstone.db import Database
from padstone.settings import UserSettings
from padstone.testing.queries import QueryCounter

from .conftest import EMAIL, describe

LIMIT = Limit("login", 3, timedelta(minutes=15))


@pytest.fixture
def attempts() -> Attempts:
    return Attempts(describe(), UserSettings())


async def travel(database: Database, **ago: float) -> None:
    """Makes all attempts older, as if time had passed."""
    async with database.engine.begin() as connection:
        await connection.execute(
            text(
                "UPDATE login_attempts SET expires_at = expires_at - CAST(:ago AS interval),"
                " tried_at = (SELECT array_agg(t - CAST(:ago AS interval) ORDER BY t)"
                " FROM unnest(tried_at) t)"
            ),
            {"ago": timedelta(**ago)},
        )


async def allowed(attempts: Attempts, database: Database, email: str = EMAIL) -> bool:
    return await attempts.count(database, LIMIT, email) is None


async def test_26_so_many_and_no_more(attempts: Attempts, database: Database) -> None:
    assert [await allowed(attempts, database) for _ in range(5)] == [True] * 3 + [False] * 2
    assert await allowed(attempts, database, "another@example.com")
    assert await attempts.count(database, Limit("mail", 3, LIMIT.window), EMAIL) is None


async def test_26_the_window_slides(attempts: Attempts, database: Database) -> None:
    assert await allowed(attempts, database)
    await travel(database, minutes=10)
    assert await allowed(attempts, database)
    assert await allowed(attempts, database)
    assert not await allowed(attempts, database)
    # A window that begins anew would let three more through here.
    await travel(database, minutes=6)
    assert [await allowed(attempts, database) for _ in range(3)] == [True, False, False]
    await travel(database, minutes=10)
    assert [await allowed(attempts, database) for _ in range(3)] == [True, True, False]


async def test_26_it_says_how_long_to_wait(attempts: Attempts, database: Database) -> None:
    for _ in range(3):
        await allowed(attempts, database)
    await travel(database, minutes=5)
    wait = await attempts.count(database, LIMIT, EMAIL)
    assert wait is not None
    assert 590 < wait <= 600


async def test_26_a_refused_attempt_puts_nothing_off(
    attempts: Attempts, database: Database
) -> None:
    for _ in range(30):
        await allowed(attempts, database)
    await travel(database, minutes=15)
    assert await allowed(attempts, database)


async def test_26_attempts_at_the_same_time_are_all_counted(
    attempts: Attempts, database: Database
) -> None:
    outcomes = await asyncio.gather(*(allowed(attempts, database) for _ in range(60)))
    assert sum(outcomes) == LIMIT.most


async def test_26_a_lowered_limit_holds_at_once(attempts: Attempts, database: Database) -> None:
    for _ in range(3):
        await allowed(attempts, database)
    lower = LIMIT._replace(most=1)
    assert await attempts.count(database, lower, EMAIL) is not None
    higher = LIMIT._replace(most=5)
    assert await attempts.count(database, higher, EMAIL) is None


async def test_a_reset_is_the_callers_transaction(attempts: Attempts, database: Database) -> None:
    for _ in range(3):
        await allowed(attempts, database)
    async with database.session() as session:
        await attempts.reset(session, LIMIT, EMAIL)
        await session.rollback()
    assert not await allowed(attempts, database)
    async with database.session() as session:
        await attempts.reset(session, LIMIT, EMAIL)
    assert await allowed(attempts, database)


async def test_25_no_address_is_stored(attempts: Attempts, database: Database) -> None:
    await allowed(attempts, database)
    async with database.read_session() as session:
        row: Any = (await session.execute(text("SELECT * FROM login_attempts"))).one()
    assert len(row.subject_hash) == 32
    assert EMAIL not in str(row)
    other = Attempts(describe(), UserSettings(SECRET_KEY="x" * 40))
    assert other._subject("login", EMAIL) != row.subject_hash


async def test_an_attempt_is_one_statement(attempts: Attempts, database: Database) -> None:
    counter = QueryCounter(database.engine.sync_engine)
    with counter.at_most(1):
        await allowed(attempts, database)
    with counter.at_most(1):
        await allowed(attempts, database)

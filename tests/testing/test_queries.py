"""Statements are counted whoever sends them, and only while somebody counts."""

import asyncio

import pytest
from sqlalchemy import text

from padstone.db import Database
from padstone.testing.queries import QueryCounter


async def ask(database: Database, number: int) -> None:
    async with database.read_session() as session:
        await session.execute(text(f"SELECT {number:d}"))


async def test_statements_of_every_session_are_seen(database: Database) -> None:
    counter = QueryCounter(database.engine.sync_engine)
    with counter.counting() as seen:
        async with database.session() as session:
            await session.execute(text("SELECT 1"))
        await asyncio.gather(ask(database, 2), ask(database, 3))
    assert sorted(seen) == ["SELECT 1", "SELECT 2", "SELECT 3"]
    await ask(database, 4)
    assert len(seen) == 3


async def test_as_many_as_are_allowed_pass(database: Database) -> None:
    with QueryCounter(database.engine.sync_engine).at_most(2):
        await ask(database, 1)
        await ask(database, 2)


async def test_one_more_fails_and_tells_which(database: Database) -> None:
    counter = QueryCounter(database.engine.sync_engine)
    with pytest.raises(AssertionError) as caught, counter.at_most(1):
        await ask(database, 1)
        await ask(database, 2)
    assert str(caught.value).splitlines() == [
        "2 statements where 1 are allowed:",
        "  1. SELECT 1",
        "  2. SELECT 2",
    ]


async def test_a_failure_within_is_not_hidden(database: Database) -> None:
    counter = QueryCounter(database.engine.sync_engine)
    with pytest.raises(KeyError), counter.at_most(0):
        await ask(database, 1)
        raise KeyError


async def test_counters_nest(database: Database) -> None:
    counter = QueryCounter(database.engine.sync_engine)
    with counter.counting() as outer:
        await ask(database, 1)
        with counter.counting() as inner:
            await ask(database, 2)
        await ask(database, 3)
    assert outer == ["SELECT 1", "SELECT 2", "SELECT 3"]
    assert inner == ["SELECT 2"]

"""The engine is what the settings say, seen from PostgreSQL's side."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from padstone.db import Database, sqlstate_of, translate
from padstone.db.engine import connect_arguments, create_engine
from padstone.errors import UnavailableError
from padstone.settings import DatabaseSettings


class Shop(DatabaseSettings):
    SYSTEM = "shop"


async def ask(database: Database) -> None:
    async with database.read_session() as session:
        await session.execute(text("SELECT 1"))


async def shown(database: Database, name: str) -> str:
    async with database.session() as session:
        return str(await session.scalar(text(f"SHOW {name}")))


@pytest.mark.parametrize(
    ("setting", "value", "name", "expected"),
    [
        ("DATABASE_STATEMENT_TIMEOUT_MS", 15_000, "statement_timeout", "15s"),
        ("DATABASE_STATEMENT_TIMEOUT_MS", 0, "statement_timeout", "0"),
        ("DATABASE_LOCK_TIMEOUT_MS", 1_500, "lock_timeout", "1500ms"),
        (
            "DATABASE_IDLE_IN_TRANSACTION_TIMEOUT_MS",
            60_000,
            "idle_in_transaction_session_timeout",
            "1min",
        ),
        ("DATABASE_POOL_SIZE", 5, "timezone", "UTC"),
        ("DATABASE_POOL_SIZE", 5, "application_name", "app"),
    ],
)
async def test_what_the_server_is_told(
    open_database: Any, setting: str, value: int, name: str, expected: str
) -> None:
    database = await open_database(**{setting: value})
    assert await shown(database, name) == expected


async def test_sessions_carry_the_name_of_the_system(blank_database: str) -> None:
    database = Database(Shop(DATABASE_URL=blank_database))
    assert await shown(database, "application_name") == "shop"
    await database.close()


async def test_a_statement_that_takes_too_long_is_ended_by_the_server(open_database: Any) -> None:
    database = await open_database(DATABASE_STATEMENT_TIMEOUT_MS=50)
    with pytest.raises(DBAPIError) as caught:
        async with database.session() as session:
            await session.execute(text("SELECT pg_sleep(60)"))
    assert sqlstate_of(caught.value) == "57014"
    assert isinstance(translate(caught.value), UnavailableError)
    await ask(database)


async def test_a_server_that_falls_silent_is_left(open_database: Any, proxy: Any) -> None:
    database = await open_database(
        DATABASE_URL=await proxy.listen(),
        DATABASE_COMMAND_TIMEOUT_SECONDS=0.1,
        DATABASE_STATEMENT_TIMEOUT_MS=0,
    )
    proxy.silence()
    with pytest.raises(TimeoutError) as caught:
        await ask(database)
    assert isinstance(translate(caught.value), UnavailableError)
    assert database.pool_status()["in_use"] == 0


async def test_a_command_that_the_client_gives_up_is_cancelled_there_too(
    open_database: Any, watcher: Any
) -> None:
    database = await open_database(
        DATABASE_COMMAND_TIMEOUT_SECONDS=0.1, DATABASE_STATEMENT_TIMEOUT_MS=0
    )
    with pytest.raises(TimeoutError):
        async with database.session() as session:
            await session.execute(text("SELECT pg_sleep(60)"))

    async def nothing_runs() -> bool:
        return not await watcher.backends("active")

    await watcher.until(nothing_runs)
    await ask(database)


async def test_a_transaction_that_stands_still_is_ended(open_database: Any, watcher: Any) -> None:
    database = await open_database(DATABASE_IDLE_IN_TRANSACTION_TIMEOUT_MS=50)

    async def all_gone() -> bool:
        return not await watcher.backends()

    with pytest.raises(DBAPIError) as caught:
        async with database.session() as session:
            await session.execute(text("SELECT 1"))
            await watcher.until(all_gone)
            await session.execute(text("SELECT 1"))
    assert isinstance(translate(caught.value), UnavailableError)
    await ask(database)


async def test_without_prepared_statements_none_is_left_and_reads_have_a_transaction(
    open_database: Any, proxy: Any
) -> None:
    database = await open_database(
        DATABASE_URL=await proxy.listen(),
        DATABASE_SSL="disable",
        DATABASE_PREPARED_STATEMENTS=False,
    )
    proxy.sent.clear()
    async with database.read_session() as session:
        for number in (1, 2, 2):
            assert await session.scalar(text("SELECT CAST(:n AS int)"), {"n": number}) == number
        named = await session.scalar(text("SELECT count(*) FROM pg_prepared_statements"))
    assert named == 0
    statements = proxy.statements()
    # Between BEGIN and ROLLBACK a transaction pooler gives us one connection.
    assert statements[0] == "BEGIN;"
    assert statements[-1] == "ROLLBACK;"


async def test_prepared_statements_are_kept(open_database: Any, proxy: Any) -> None:
    database = await open_database(DATABASE_URL=await proxy.listen(), DATABASE_SSL="disable")
    for expected in (1, 0):
        proxy.sent.clear()
        async with database.session() as session:
            await session.scalar(text("SELECT CAST(:n AS int)"), {"n": 1})
        assert len([one for one in proxy.statements() if one.startswith("SELECT")]) == expected


async def test_parameters_are_in_no_error(database: Database) -> None:
    with pytest.raises(DBAPIError) as caught:
        async with database.session() as session:
            await session.execute(text("SELECT nothing WHERE :v = 'x'"), {"v": "c4n4ry"})
    assert "c4n4ry" not in str(caught.value)


async def test_it_needs_a_url() -> None:
    with pytest.raises(ValueError, match="DATABASE_URL is not set"):
        create_engine(DatabaseSettings())


async def test_building_it_connects_nothing() -> None:
    url = "postgresql://u:p@192.0.2.1/nowhere"
    database = Database(DatabaseSettings(DATABASE_URL=url))
    assert database.pool_status() == {"in_use": 0, "idle": 0, "size": 20}
    await database.close()


@pytest.mark.parametrize("mode", ["disable", "prefer", "require"])
def test_other_modes_are_the_drivers(mode: Any) -> None:
    assert connect_arguments(DatabaseSettings(DATABASE_SSL=mode))["ssl"] == mode


def test_authorities_that_are_none_are_named(tmp_path: Path) -> None:
    authority = tmp_path / "authority.pem"
    authority.write_text("no certificate")
    settings = DatabaseSettings(DATABASE_SSL="verify-full", DATABASE_SSL_ROOT_CERT=str(authority))
    with pytest.raises(ValueError, match="DATABASE_SSL_ROOT_CERT"):
        connect_arguments(settings)

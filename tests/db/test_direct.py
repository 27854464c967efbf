"""A connection of one's own has the pool's limits and a name of its own."""

from urllib.parse import urlsplit

import asyncpg
import pytest

from padstone.db import connect_directly
from padstone.settings import DatabaseSettings


class Shop(DatabaseSettings):
    SYSTEM = "shop"


@pytest.mark.parametrize("prepared", [True, False])
async def test_it_is_named_after_its_purpose_and_limited_like_the_pool(
    blank_database: str,
    prepared: bool,  # noqa: FBT001
) -> None:
    settings = Shop(
        DATABASE_URL=blank_database,
        DATABASE_LOCK_TIMEOUT_MS=1234,
        DATABASE_PREPARED_STATEMENTS=prepared,
    )
    connection = await connect_directly(settings, purpose="listens")
    try:
        assert await connection.fetchval("SHOW application_name") == "shop listens"
        assert await connection.fetchval("SHOW lock_timeout") == "1234ms"
        assert await connection.fetchval("SHOW timezone") == "UTC"
    finally:
        await connection.close()


async def test_it_goes_around_a_pooler(blank_database: str) -> None:
    settings = Shop(
        DATABASE_URL="postgresql://u:p@127.0.0.1:1/pooler", DATABASE_DIRECT_URL=blank_database
    )
    connection = await connect_directly(settings, purpose="listens")
    assert (
        await connection.fetchval("SELECT current_database()") == urlsplit(blank_database).path[1:]
    )
    await connection.close()


async def test_it_needs_a_url() -> None:
    with pytest.raises(ValueError, match="DATABASE_URL is not set"):
        await connect_directly(Shop(), purpose="listens")


async def test_it_hears_what_is_notified(blank_database: str) -> None:
    settings = Shop(DATABASE_URL=blank_database)
    connection: asyncpg.Connection = await connect_directly(settings, purpose="listens")
    heard: list[str] = []
    await connection.add_listener("changes", lambda *arguments: heard.append(arguments[-1]))
    await connection.execute("NOTIFY changes, 'x'")
    assert heard == ["x"]
    await connection.close()

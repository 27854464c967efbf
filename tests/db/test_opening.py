"""A database for as long as a block runs."""

import pytest
from sqlalchemy import text

from padstone.db import open_database
from padstone.errors import UnavailableError
from padstone.settings import DatabaseSettings


async def test_it_is_open_within_the_block_and_closed_after_it(blank_database: str) -> None:
    settings = DatabaseSettings(DATABASE_URL=blank_database, DATABASE_POOL_MIN_SIZE=1)
    async with open_database(settings) as database:
        assert database.settings.DATABASE_URL == blank_database
        async with database.read_session() as session:
            assert await session.scalar(text("SELECT 1")) == 1
        assert database.pool_status()["idle"] == 1
    assert database.pool_status()["idle"] == 0


async def test_one_that_does_not_answer_opens_nothing() -> None:
    settings = DatabaseSettings(
        DATABASE_URL="postgresql+asyncpg://u:p@127.0.0.1:9/nowhere",
        DATABASE_STARTUP_TIMEOUT_SECONDS=0.01,
    )
    with pytest.raises(UnavailableError):
        await open_database(settings).__aenter__()

"""A pool that is full is no database that is down."""

from contextlib import AsyncExitStack

from padstone.db import Database
from padstone.settings import DatabaseSettings


async def test_the_check_does_not_wait_for_the_pool(blank_database: str) -> None:
    settings = DatabaseSettings(
        DATABASE_URL=blank_database,
        DATABASE_POOL_SIZE=1,
        DATABASE_POOL_MIN_SIZE=1,
        DATABASE_POOL_TIMEOUT_SECONDS=60,
    )
    database = Database(settings)
    await database.open()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(database.engine.connect())
        assert database.pool_status()["in_use"] == 1
        await database.check()
    await database.close()

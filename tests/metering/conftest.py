import pytest_asyncio

from metered import Books, create_tables
from padstone.db import Database


@pytest_asyncio.fixture
async def books(database: Database) -> Books:
    """An account with 10,000 micros, on a database of the test's own."""
    await create_tables(database)
    return await Books.open(database)

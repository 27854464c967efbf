"""What is said on a channel is heard, also after the connection was cut."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from sqlalchemy import text

from padstone.db import Database, Listener
from padstone.settings import DatabaseSettings

CUT = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE application_name LIKE '%listener' AND datname = current_database()"
)


class Ears:
    def __init__(self) -> None:
        self.heard: asyncio.Queue[str] = asyncio.Queue()
        self.begun: asyncio.Queue[None] = asyncio.Queue()


@pytest.fixture
def ears() -> Ears:
    return Ears()


@pytest_asyncio.fixture
async def listening(blank_database: str, ears: Ears) -> AsyncIterator["asyncio.Task[None]"]:
    listener = Listener(
        DatabaseSettings(DATABASE_URL=blank_database),
        "news",
        heard=ears.heard.put_nowait,
        begun=lambda: ears.begun.put_nowait(None),
    )
    task = asyncio.create_task(listener.run())
    async with asyncio.timeout(60):
        await ears.begun.get()
    yield task
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def say(database: Database, words: str) -> None:
    async with database.session() as session:
        await session.execute(text("SELECT pg_notify('news', :words)"), {"words": words})


async def test_it_hears_what_is_committed(
    listening: object, ears: Ears, database: Database
) -> None:
    async with database.session() as session:
        await session.execute(text("SELECT pg_notify('news', 'undone')"))
        await session.rollback()
    await say(database, "said")
    async with asyncio.timeout(60):
        assert await ears.heard.get() == "said"


async def test_it_listens_again_and_says_so(
    listening: object, ears: Ears, database: Database
) -> None:
    async with database.session() as session:
        await session.execute(CUT)
    async with asyncio.timeout(60):
        await ears.begun.get()
        await say(database, "again")
        assert await ears.heard.get() == "again"

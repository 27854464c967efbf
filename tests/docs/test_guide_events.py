"""The guide's streams are followed as they are printed."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.db import Database
from padstone.db.sessions import WriteSession
from padstone.settings import DatabaseSettings, Settings

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "guide" / "events.md").read_text()
SNIPPETS: dict[str, str] = dict(re.findall(r"```python file=(\S+)\n(.*?)```", GUIDE, re.DOTALL))


def run(*names: str) -> dict[str, Any]:
    """Runs the files one after the other; the later ones see what the earlier ones have."""
    known: dict[str, Any] = {}
    for name in names:
        exec(compile(SNIPPETS[name], name, "exec"), known)  # noqa: S102  # it is what is tested
    return known


@pytest.fixture(scope="module")
def names() -> dict[str, Any]:
    return run("models.py", "services.py", "routes.py", "test_events.py")


@pytest_asyncio.fixture
async def client(
    started: Any, names: dict[str, Any], database: Database, blank_database: str
) -> AsyncIterator[Any]:
    async with database.engine.begin() as connection:
        await connection.run_sync(names["Base"].metadata.create_all)
    settings = DatabaseSettings(DATABASE_URL=blank_database, STREAM_MAX_SECONDS=0.5)
    logs = [names["REPORT_EVENTS"]]
    async with started(names["router"], settings=settings, event_logs=logs) as opened:
        yield opened


@pytest_asyncio.fixture
async def session(client: Any, database: Database) -> AsyncIterator[AsyncSession]:
    assert client is not None  # the tables are there
    async with WriteSession(bind=database.engine, expire_on_commit=False) as opened:
        yield opened


async def test_the_test_of_the_guide_passes(
    client: Any, session: AsyncSession, names: dict[str, Any]
) -> None:
    await names["test_a_report_tells_how_far_it_is"](client, session)


async def test_a_report_that_is_not_there(client: Any) -> None:
    answer = await client.get("/reports/00000000-0000-0000-0000-000000000000/events")
    assert answer.status_code == 404


async def test_ticks_come(started: Any) -> None:
    settings = Settings(STREAM_MAX_SECONDS=0.05)
    async with started(run("ticks.py")["router"], settings=settings) as client:
        answer = await client.get("/ticks")
    assert 'event: tick\ndata: {"number":0}\nid: 0' in answer.text

"""Event logs in an application: followed on the connection that listens anyway, and cleaned."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.orm import DeclarativeBase

from padstone.app.listening import event_upkeep
from padstone.db import Database
from padstone.events import EventColumns, EventLog, Follower
from padstone.models import TableBase, new_metadata
from padstone.settings import DatabaseSettings
from padstone.testing.running import Running, run


class Base(DeclarativeBase, TableBase):
    metadata = new_metadata()


class RunEvent(Base, EventColumns):
    __tablename__ = "run_events"


LOG = EventLog(RunEvent, terminal={"finished"})


@pytest_asyncio.fixture
async def running(make_app: Any, database: Database, blank_database: str) -> AsyncIterator[Running]:
    settings = DatabaseSettings(DATABASE_URL=blank_database, DATABASE_POOL_MIN_SIZE=0)
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    app = make_app(settings=settings, event_logs=[LOG])
    async with run(app, settings) as started:
        yield started


async def test_a_started_application_follows(running: Running) -> None:
    follower, stream = running.state["follower"], uuid4()
    assert isinstance(follower, Follower)
    async with running.state["database"].session() as session:
        await LOG.append(session, stream, "finished")
    assert [event.kind async for event in follower.follow(LOG, stream)] == ["finished"]


async def test_old_events_are_deleted(running: Running, database: Database) -> None:
    async with database.session() as session:
        await LOG.append(session, uuid4(), "finished")
        await session.execute(text("UPDATE run_events SET created_at = now() - interval '1 year'"))
    upkeep = event_upkeep(running.app.plan.event_logs)
    await upkeep.work(running.state)
    async with database.read_session() as session:
        assert await session.scalar(text("SELECT count(*) FROM run_events")) == 0


async def test_without_event_logs_nothing_listens(make_app: Any, blank_database: str) -> None:
    settings = DatabaseSettings(DATABASE_URL=blank_database, DATABASE_POOL_MIN_SIZE=0)
    async with run(make_app(settings=settings), settings) as started:
        assert "follower" not in started.state

"""Jobs on a database that has their tables, and one in which they leave what they do."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, ClassVar

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.db import Database
from padstone.jobs import Jobs, Worker
from padstone.migrations import job_tables
from padstone.settings import DatabaseSettings, JobSettings

EFFECTS = "CREATE TABLE effects (id bigserial PRIMARY KEY, job_id bigint NOT NULL, note text)"

State = dict[str, Any]
StartWorker = Callable[..., AbstractAsyncContextManager[Worker]]


class Settings(DatabaseSettings, JobSettings):
    SYSTEM: ClassVar[str] = "jobs"


@pytest.fixture
def settings(blank_database: str) -> Settings:
    return Settings(
        DATABASE_URL=blank_database,
        DATABASE_POOL_MIN_SIZE=0,
        DATABASE_SSL="disable",  # or the driver logs each connection that it did not finish
        JOBS_POLL_SECONDS=60,
    )


@pytest_asyncio.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    """A database with the tables."""
    database = Database(settings)
    await database.open()
    async with database.session() as session:
        connection = await session.connection()
        for statement in (*job_tables.upgrade_sql(), EFFECTS):
            await connection.exec_driver_sql(statement)
    yield database
    await database.close()


@pytest.fixture
def state(database: Database, settings: Settings) -> State:
    """What the lifespan would have opened."""
    return {"database": database, "settings": settings}


@pytest.fixture
def jobs() -> Jobs:
    return Jobs()


@pytest.fixture
def start(jobs: Jobs, state: State) -> StartWorker:
    """Runs a worker for the length of a block, with settings of its own where they are given."""

    @asynccontextmanager
    async def start(**changes: Any) -> AsyncIterator[Worker]:
        settings = state["settings"].model_copy(update=changes)
        worker = Worker(jobs, {**state, "settings": settings})
        running = asyncio.create_task(worker.run())
        try:
            yield worker
        finally:
            if not worker._stopping.is_set():  # a second call would be in a hurry
                worker.stop()
            await running

    return start


async def scalars(database: Database, statement: str, **values: Any) -> list[Any]:
    """The first column of what ``statement`` gives."""
    async with database.session() as session:
        return list(await session.scalars(text(statement), values))


async def until(database: Database, statement: str, expected: list[Any]) -> None:
    """Waits until ``statement`` gives what is expected."""
    async with asyncio.timeout(60):
        while await scalars(database, statement) != expected:
            await asyncio.sleep(0.02)


async def leave(session: AsyncSession, job_id: int, note: str = "") -> None:
    """An effect of a job."""
    await session.execute(
        text("INSERT INTO effects (job_id, note) VALUES (:job, :note)"),
        {"job": job_id, "note": note},
    )

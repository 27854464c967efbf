"""A system with jobs, on a database of its own, and ``padstone worker`` in its folder."""

import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

import pytest
import pytest_asyncio
from sqlalchemy import text

from jobs_system import FILES
from padstone.db import Database
from padstone.jobs import JobContext, Jobs
from padstone.migrations import job_tables
from padstone.settings import DatabaseSettings, JobSettings
from padstone.testing.processes import WatchedProcess, bare_environment

known = Jobs()


@known.task()
async def note(context: JobContext, number: int) -> None:
    """As the system has it, to enqueue by."""


@known.task()
async def wait(context: JobContext, name: str) -> None:
    """Likewise."""


class Settings(DatabaseSettings, JobSettings):
    SYSTEM: ClassVar[str] = "tiny"


class Working:
    """``padstone worker`` as a process."""

    def __init__(self, folder: Path, *options: object, **environment: str) -> None:
        self.folder = folder
        self.process = WatchedProcess(
            [sys.executable, "-m", "padstone", "worker", *options],
            folder,
            bare_environment(
                ENVIRONMENT="test", LOG_LEVEL="INFO", LOG_FORMAT="json", **environment
            ),
        )

    def until_it_works(self) -> None:
        self.process.until('"working"')


@pytest.fixture
def system(tiny: Any) -> Any:
    """The system, without a database."""
    return tiny("DatabaseSettings", "JobSettings", files=FILES)


@pytest_asyncio.fixture
async def database(blank_database: str) -> AsyncIterator[Database]:
    """Its database, at head."""
    settings = Settings(DATABASE_URL=blank_database, DATABASE_POOL_MIN_SIZE=0)
    opened = Database(settings)
    await opened.open()
    async with opened.session() as session:
        connection = await session.connection()
        for statement in (
            *job_tables.upgrade_sql(),
            "CREATE TABLE effects (id bigserial PRIMARY KEY, job_id bigint, note text)",
            "CREATE TABLE alembic_version (version_num text PRIMARY KEY)",
            "INSERT INTO alembic_version VALUES ('0001')",
        ):
            await connection.exec_driver_sql(statement)
    yield opened
    await opened.close()


@pytest.fixture
def work(
    system: Any, database: Database, blank_database: str, tmp_path: Path
) -> Iterator[Callable[..., Working]]:
    """Starts workers on that database; they end with the test."""
    started: list[Working] = []

    def start(*options: object, **environment: str) -> Working:
        own = {
            "DATABASE_URL": blank_database,
            "JOBS_LEASE_SECONDS": "2",
            "JOBS_HEALTH_FILE": str(tmp_path / "worker"),
            **environment,
        }
        started.append(Working(system.folder, *options, **own))
        return started[-1]

    yield start
    for one in started:
        one.process.close()


async def values(database: Database, statement: str) -> list[Any]:
    """The first column of what ``statement`` gives."""
    async with database.session() as session:
        return list(await session.scalars(text(statement)))


def appears(path: Path, within: float = 60.0) -> None:
    """Waits for a file."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        with suppress(OSError):
            if path.exists():
                return
        time.sleep(0.01)
    raise AssertionError(f"{path.name} did not appear")

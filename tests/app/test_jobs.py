"""A server does not run jobs, and shows how many there are."""

import asyncio
from collections.abc import Callable
from typing import Any, ClassVar

import pytest

from padstone.app import lifespan
from padstone.jobs import JobContext, Jobs
from padstone.migrations import job_tables
from padstone.settings import DatabaseSettings, JobSettings
from padstone.testing.running import run


class Settings(DatabaseSettings, JobSettings):
    SYSTEM: ClassVar[str] = "counted"


async def test_metrics_show_waiting_jobs(
    make_app: Callable[..., Any], blank_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifespan, "_JOBS_COUNTED_SECONDS", 0.01)
    jobs = Jobs()

    @jobs.task()
    async def note(context: JobContext) -> None: ...

    settings = Settings(DATABASE_URL=blank_database, DATABASE_POOL_MIN_SIZE=0)
    app = make_app(settings=settings, jobs=jobs)
    async with run(app, settings) as running, running.client() as client:
        async with running.state["database"].session() as session:
            connection = await session.connection()
            for statement in job_tables.upgrade_sql():
                await connection.exec_driver_sql(statement)
            await note.enqueue(session)
        async with asyncio.timeout(60):
            while 'jobs{state="queued",task="note"} 1.0' not in (await client.get("/metrics")).text:
                await asyncio.sleep(0.01)

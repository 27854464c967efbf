"""A worker outlives its database's absence, and so do its jobs."""

import asyncio

import pytest
from structlog.testing import capture_logs

from padstone.db import Database
from padstone.jobs import JobContext, Jobs, Worker
from padstone.testing.proxies import Proxy

from .conftest import Settings, leave, scalars, until

NOTES = "SELECT note FROM effects ORDER BY note"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"JOBS_POLL_SECONDS": 0.2, "JOBS_LEASE_SECONDS": 1.0})


async def test_it_goes_on_when_the_database_is_back(
    jobs: Jobs, database: Database, settings: Settings
) -> None:
    entered, opened = asyncio.Event(), asyncio.Event()

    @jobs.task(pause=0.01)
    async def note(context: JobContext, text: str) -> None:
        if text == "during" and context.attempt == 1:
            entered.set()
            await opened.wait()
        async with context.once() as session:
            await leave(session, context.job_id, text)

    async with Proxy(str(settings.DATABASE_URL)) as proxy:
        beyond = settings.model_copy(update={"DATABASE_URL": proxy.url})
        there = Database(beyond)
        worker = Worker(jobs, {"database": there, "settings": beyond})
        with capture_logs() as logs:
            working = asyncio.create_task(worker.run())
            async with database.session() as session:
                await note.enqueue(session, text="during")
            await entered.wait()
            await proxy.down()
            # Its connection is cut, so that its effect fails, and the note of that has to wait.
            opened.set()
            async with database.session() as session:
                await note.enqueue(session, text="meanwhile")
            async with asyncio.timeout(60):
                while not any("waits for the database" in line["event"] for line in logs):
                    await asyncio.sleep(0.01)
            assert await scalars(database, NOTES) == []
            await proxy.up()
            await until(database, NOTES, ["during", "meanwhile"])
            await until(database, "SELECT count(*) FROM pgqueuer.pgqueuer", [0])
            worker.stop()
            await working
        await there.close()
    outcomes = [line["outcome"] for line in logs if line["event"] == "job"]
    assert sorted(outcomes) == ["retried", "succeeded", "succeeded"]
    assert not any("exc_info" in line for line in logs)


async def test_it_ends_while_the_database_is_away(
    jobs: Jobs, database: Database, settings: Settings
) -> None:
    @jobs.task()
    async def note(context: JobContext) -> None: ...

    async with Proxy(str(settings.DATABASE_URL)) as proxy:
        beyond = settings.model_copy(update={"DATABASE_URL": proxy.url})
        there = Database(beyond)
        worker = Worker(jobs, {"database": there, "settings": beyond})
        working = asyncio.create_task(worker.run())
        async with asyncio.timeout(60):
            await proxy.down()
            worker.stop()
            await working
        await there.close()

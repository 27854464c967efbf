"""What runs by the clock runs once over all workers, by the database's clock, in UTC."""

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from padstone.db import Database
from padstone.jobs import JobContext, Jobs, Schedule
from padstone.jobs.schedules import enqueue_due, register, until_next

from .conftest import StartWorker, leave, scalars, until

ROWS = "SELECT next_run FROM pgqueuer.pgqueuer_schedules"
QUEUED = "SELECT entrypoint FROM pgqueuer.pgqueuer"
PAST = text("UPDATE pgqueuer.pgqueuer_schedules SET next_run = now() - interval '3 days'")


async def tick(context: JobContext) -> None: ...


@pytest.fixture
async def nightly(jobs: Jobs, database: Database) -> Schedule:
    """A schedule that the database knows and that is due."""
    jobs.schedule("0 3 * * *")(tick)
    async with database.session() as session:
        await register(session, jobs.schedules)
        await session.execute(PAST)
    return jobs.schedules[0]


async def test_it_is_due_once_however_many_look(
    nightly: Schedule, jobs: Jobs, database: Database
) -> None:
    async def look() -> list[int]:
        async with database.session() as session:
            return await enqueue_due(session, jobs.schedules)

    found = await asyncio.gather(*(look() for _ in range(10)))
    assert sum(map(len, found)) == 1
    assert await scalars(database, QUEUED) == ["tick"]
    (due,) = await scalars(database, ROWS)
    assert due == nightly.cron.after(datetime.now(UTC))


async def test_a_missed_one_is_made_up_for_once(
    nightly: Schedule, jobs: Jobs, database: Database
) -> None:
    # Three nights were missed.
    async with database.session() as session:
        assert len(await enqueue_due(session, jobs.schedules)) == 1
        assert await enqueue_due(session, jobs.schedules) == []


async def test_one_that_still_waits_is_not_doubled(
    nightly: Schedule, jobs: Jobs, database: Database
) -> None:
    for _ in range(2):
        async with database.session() as session:
            await enqueue_due(session, jobs.schedules)
            await session.execute(PAST)
    assert await scalars(database, QUEUED) == ["tick"]


async def test_what_is_undone_is_due_still(
    nightly: Schedule, jobs: Jobs, database: Database
) -> None:
    async with database.session() as session:
        await enqueue_due(session, jobs.schedules)
        await session.rollback()
    async with database.session() as session:
        assert len(await enqueue_due(session, jobs.schedules)) == 1


async def test_known_schedules_keep_their_time(
    nightly: Schedule, jobs: Jobs, database: Database
) -> None:
    before = await scalars(database, ROWS)
    async with database.session() as session:
        await register(session, jobs.schedules)
        assert await until_next(session, jobs.schedules) < 0
    assert await scalars(database, ROWS) == before


async def test_others_are_left_alone(nightly: Schedule, database: Database) -> None:
    others = Jobs()
    others.schedule("0 4 * * *")(tick)
    async with database.session() as session:
        await register(session, others.schedules)
        assert 0 < await until_next(session, others.schedules) <= 86_400
        assert await enqueue_due(session, others.schedules) == []


async def test_a_worker_keeps_time(
    nightly: Schedule, jobs: Jobs, database: Database, start: StartWorker
) -> None:
    @jobs.schedule("* * * * *")
    async def note(context: JobContext) -> None:
        async with context.once() as session:
            await leave(session, context.job_id, "on time")

    async with database.session() as session:
        await register(session, jobs.schedules)
        await session.execute(PAST)
    async with start(), start():
        await until(database, "SELECT DISTINCT note FROM effects", ["on time"])
    assert set(await scalars(database, "SELECT next_run > now() FROM pgqueuer.pgqueuer_schedules"))

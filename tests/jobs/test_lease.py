"""A job is one worker's at a time, and whoever falls silent loses it."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from padstone.db import Database
from padstone.jobs import JobContext, Jobs, JobState, get_job, lease
from padstone.jobs.record import Claim

from .conftest import StartWorker, State, scalars

ONE, OTHER = uuid4(), uuid4()
ROWS = "SELECT status || ' ' || attempts FROM pgqueuer.pgqueuer ORDER BY id"
LEASE = timedelta(seconds=10)


@pytest.fixture
async def queued(jobs: Jobs, database: Database) -> list[int]:
    @jobs.task()
    async def note(context: JobContext) -> None: ...

    async with database.session() as session:
        return [await note.enqueue(session) for _ in range(2)]


async def take(database: Database, worker: UUID, most: int = 1, limit: int = 0) -> list[Claim]:
    async with database.session() as session:
        return await lease.claim(session, worker, {"note": limit}, most=most)


async def silence(database: Database) -> None:
    async with database.session() as session:
        await session.execute(
            text("UPDATE pgqueuer.pgqueuer SET heartbeat = now() - interval '11 seconds'")
        )


async def test_a_job_is_taken_once(queued: list[int], database: Database) -> None:
    (first,) = await take(database, ONE)
    (second,) = await take(database, OTHER, most=5)
    assert [first.job_id, second.job_id] == queued
    assert await take(database, ONE, most=5) == []


async def test_no_more_are_taken_than_the_task_allows(
    queued: list[int], database: Database
) -> None:
    assert len(await take(database, ONE, most=5, limit=1)) == 1
    assert await take(database, OTHER, most=5, limit=1) == []
    async with database.session() as session:
        await lease.give_back(session, ONE)
    assert len(await take(database, OTHER, most=5, limit=1)) == 1


async def test_nobody_speaks_for_anothers_job(queued: list[int], database: Database) -> None:
    (job,) = await take(database, ONE)
    stranger = Claim(job.job_id, job.task, job.payload, OTHER)
    async with database.session() as session:
        assert not await lease.hold(session, stranger)
        assert not await lease.end(session, stranger)
        assert not await lease.fail(session, stranger, "{}")
        assert not await lease.retry(session, stranger, "{}", timedelta(0))
        await lease.give_back(session, OTHER)
        assert await lease.beat(session, OTHER, [job.job_id]) == set()
    assert await scalars(database, ROWS) == ["picked 0", "queued 0"]


async def test_a_silent_worker_loses_its_jobs_and_a_living_one_none(
    queued: list[int], database: Database
) -> None:
    await take(database, ONE)
    await silence(database)
    (job,) = await take(database, OTHER)
    async with database.session() as session:
        (back,) = await lease.reclaim(session, ["note"], LEASE)
    assert (back["id"], back["status"]) == (queued[0], "queued")
    (again,) = await take(database, OTHER)
    assert (again.job_id, again.attempt, again.failures, again.losses) == (queued[0], 2, 0, 1)
    async with database.session() as session:
        assert await lease.reclaim(session, ["note"], LEASE) == []
        assert await lease.reclaim(session, ["another"], timedelta(0)) == []
        assert (await get_job(session, queued[0])).error == "WorkerLost"
        assert await lease.beat(session, OTHER, queued) == set(queued)
    assert job.job_id == queued[1]


async def test_a_sign_of_life_keeps_a_job(queued: list[int], database: Database) -> None:
    await take(database, ONE)
    await silence(database)
    async with database.session() as session:
        await lease.beat(session, ONE, queued)
    async with database.session() as session:
        assert await lease.reclaim(session, ["note"], LEASE) == []


async def test_a_job_that_ends_every_worker_fails_at_last(
    queued: list[int], database: Database
) -> None:
    for _ in range(lease.MOST_LOSSES + 1):
        await take(database, ONE)
        await silence(database)
        async with database.session() as session:
            await lease.reclaim(session, ["note"], LEASE)
    async with database.session() as session:
        job = await get_job(session, queued[0])
    assert (job.state, job.error) == (JobState.FAILED, "WorkerLost")


async def test_losses_are_no_failures_of_the_task(queued: list[int], database: Database) -> None:
    (job,) = await take(database, ONE)
    async with database.session() as session:
        await lease.retry(session, job, "{}", timedelta(0))
    (job,) = await take(database, ONE)
    await silence(database)
    async with database.session() as session:
        await lease.reclaim(session, ["note"], LEASE)
    (job,) = await take(database, ONE)
    assert (job.failures, job.losses, job.attempt) == (1, 1, 3)


async def test_the_next_time_to_look(queued: list[int], jobs: Jobs, database: Database) -> None:
    async def wait(**limits: int) -> float:
        async with database.session() as session:
            return await lease.until_next(session, limits)

    assert await wait(note=0) == pytest.approx(0.05)  # due, and taken by nobody
    # Of a task with a limit they wait for others to end.
    assert await wait(note=1) == float("inf")
    assert await wait(another=0) == float("inf")
    async with database.session() as session:
        await session.execute(
            text("UPDATE pgqueuer.pgqueuer SET execute_after = now() + interval '1 hour'")
        )
    assert 3000 < await wait(note=0) <= 3600
    assert 3000 < await wait(note=1) <= 3600


async def test_after_an_outage_a_worker_waits_for_the_others(
    queued: list[int], state: State, jobs: Jobs, database: Database, start: StartWorker
) -> None:
    async with start(JOBS_CONCURRENCY=1, JOBS_LEASE_SECONDS=10) as worker:
        worker.stop()
    await take(database, OTHER, most=5)
    await silence(database)
    worker._was_interrupted = True
    await worker._beat()
    assert "picked 0" in await scalars(database, ROWS)
    worker._takes_over_from = 0.0
    await worker._beat()
    assert "picked 0" not in await scalars(database, ROWS)
    await worker._database.close()

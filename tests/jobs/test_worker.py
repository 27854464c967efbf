"""A worker runs what waits, several at a time, loses nothing, and ends politely."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from padstone.db import Database
from padstone.jobs import JobContext, Jobs, JobState, cancel_job, get_job, lease

from .conftest import StartWorker, State, leave, scalars, until

NOTES = "SELECT note FROM effects ORDER BY note"
LEFT = "SELECT count(*) FROM pgqueuer.pgqueuer"


class Gate:
    """Holds jobs until the test lets them go on, and tells when one is there."""

    def __init__(self) -> None:
        self.entered = asyncio.Event()
        self.opened = asyncio.Event()
        self.was_cancelled = False
        self.inside = 0
        self.most = 0

    async def __call__(self) -> None:
        self.inside += 1
        self.most = max(self.most, self.inside)
        self.entered.set()
        try:
            await self.opened.wait()
        except asyncio.CancelledError:
            self.was_cancelled = True
            raise
        finally:
            self.inside -= 1


@pytest.fixture
def gate() -> Gate:
    return Gate()


async def test_a_waiting_job_and_a_later_one_are_run(
    jobs: Jobs, database: Database, start: StartWorker
) -> None:
    @jobs.task()
    async def note(context: JobContext, text: str) -> None:
        async with context.once() as session:
            await leave(session, context.job_id, text)

    async with database.session() as session:
        await note.enqueue(session, text="before")
    async with start():
        await until(database, NOTES, ["before"])
        # The worker does not look by itself for a minute: it is told.
        async with database.session() as session:
            await note.enqueue(session, text="while")
        await until(database, NOTES, ["before", "while"])
    assert await scalars(database, LEFT) == [0]


async def test_a_job_that_was_put_off_runs_when_it_is_due(
    jobs: Jobs, database: Database, start: StartWorker
) -> None:
    @jobs.task()
    async def note(context: JobContext) -> None:
        async with context.once() as session:
            await leave(session, context.job_id, str(context.attempt))

    async with start(), database.session() as session:
        await note.enqueue(session, delay=timedelta(seconds=0.3))
        await session.commit()
        await until(database, NOTES, ["1"])


async def test_a_failure_is_tried_again_and_then_kept(
    jobs: Jobs, database: Database, start: StartWorker
) -> None:
    @jobs.task(retries=2, pause=0.01)
    async def fail(context: JobContext) -> None:
        async with context.session() as session:
            await leave(session, context.job_id, str(context.attempt))
        raise LookupError("sk_live_abc is not there")

    async with database.session() as session:
        job_id = await fail.enqueue(session)
    with capture_logs() as logs:
        async with start():
            await until(database, NOTES, ["1", "2", "3"])
            await until(database, "SELECT status::text FROM pgqueuer.pgqueuer", ["failed"])
    async with database.session() as session:
        job = await get_job(session, job_id)
    assert (job.state, job.attempts, job.error) == (JobState.FAILED, 3, "LookupError")
    assert job.message == "[redacted] is not there"
    said = [line for line in logs if line["event"] == "job"]
    assert [line["outcome"] for line in said] == ["retried", "retried", "failed"]


async def test_no_more_run_at_once_than_the_settings_say(
    jobs: Jobs, database: Database, start: StartWorker, gate: Gate
) -> None:
    @jobs.task()
    async def wait(context: JobContext) -> None:
        await gate()

    async with database.session() as session:
        for _ in range(5):
            await wait.enqueue(session)
    async with start(JOBS_CONCURRENCY=2) as worker:
        async with asyncio.timeout(60):
            while worker.running < 2:
                await asyncio.sleep(0.01)
        picked = "SELECT count(*) FROM pgqueuer.pgqueuer WHERE status = 'picked'"
        assert await scalars(database, picked) == [2]
        gate.opened.set()
        await until(database, LEFT, [0])
    assert gate.most == 2


async def test_no_more_of_a_task_run_at_once_over_all_workers_than_it_says(
    jobs: Jobs, database: Database, start: StartWorker
) -> None:
    inside, most = 0, 0

    @jobs.task(limit=2)
    async def count(context: JobContext) -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(0.001)
        inside -= 1

    async with database.session() as session:
        for _ in range(30):
            await count.enqueue(session)
    async with start(JOBS_POLL_SECONDS=0.05), start(JOBS_POLL_SECONDS=0.05):
        await until(database, LEFT, [0])
    assert most <= 2


async def test_a_running_job_that_is_cancelled_is_told(
    jobs: Jobs, database: Database, start: StartWorker, gate: Gate
) -> None:
    @jobs.task()
    async def wait(context: JobContext) -> None:
        await gate()

    async with database.session() as session:
        job_id = await wait.enqueue(session)
    with capture_logs() as logs:
        async with start():
            await gate.entered.wait()
            async with database.session() as session:
                assert await cancel_job(session, job_id) is JobState.RUNNING
            async with asyncio.timeout(60):
                while gate.inside:
                    await asyncio.sleep(0.01)
    assert gate.was_cancelled
    assert [line["outcome"] for line in logs if line["event"] == "job"] == ["cancelled"]
    async with database.session() as session:
        assert (await get_job(session, job_id)).state is JobState.CANCELLED


async def test_a_job_that_is_another_workers_is_dropped(
    jobs: Jobs, database: Database, start: StartWorker, gate: Gate
) -> None:
    @jobs.task()
    async def wait(context: JobContext) -> None:
        await gate()

    async with database.session() as session:
        await wait.enqueue(session)
    with capture_logs() as logs:
        async with start(JOBS_LEASE_SECONDS=1):
            await gate.entered.wait()
            # As if this process had stood still meanwhile.
            async with database.session() as session:
                await session.execute(
                    text("UPDATE pgqueuer.pgqueuer SET queue_manager_id = :other"),
                    {"other": uuid4()},
                )
            async with asyncio.timeout(60):
                while gate.inside:
                    await asyncio.sleep(0.01)
    assert [line["outcome"] for line in logs if line["event"] == "job"] == ["lost"]
    assert await scalars(database, "SELECT status::text FROM pgqueuer.pgqueuer") == ["picked"]


async def test_a_task_may_go_on_after_its_effect(
    jobs: Jobs, database: Database, start: StartWorker, gate: Gate
) -> None:
    @jobs.task()
    async def note(context: JobContext) -> None:
        async with context.once() as session:
            await leave(session, context.job_id, "done")
        await gate()

    beats = 0

    def count() -> None:
        nonlocal beats
        beats += 1

    async with database.session() as session:
        await note.enqueue(session)
    with capture_logs() as logs:
        async with start(JOBS_LEASE_SECONDS=1) as worker:
            await gate.entered.wait()
            # The job's row is gone, and that is no reason to stop it.
            worker._sign = count
            async with asyncio.timeout(60):
                while beats < 3:
                    await asyncio.sleep(0.01)
            gate.opened.set()
    assert not gate.was_cancelled
    assert [line["outcome"] for line in logs if line["event"] == "job"] == ["succeeded"]


async def test_the_jobs_of_a_silent_worker_are_taken_over(
    jobs: Jobs, database: Database, start: StartWorker
) -> None:
    @jobs.task(retries=0)
    async def note(context: JobContext) -> None:
        async with context.once() as session:
            await leave(session, context.job_id, str(context.attempt))

    async with database.session() as session:
        await note.enqueue(session)
    async with database.session() as session:
        assert await lease.claim(session, uuid4(), {"note": 0}, most=1)
    async with start(JOBS_LEASE_SECONDS=1):
        await until(database, NOTES, ["2"])


async def test_a_stop_lets_jobs_end(
    jobs: Jobs, database: Database, start: StartWorker, gate: Gate
) -> None:
    @jobs.task()
    async def wait(context: JobContext) -> None:
        await gate()
        async with context.once() as session:
            await leave(session, context.job_id, "done")

    async with database.session() as session:
        await wait.enqueue(session)
    async with start() as worker:
        await gate.entered.wait()
        worker.stop()
        async with database.session() as session:
            await wait.enqueue(session)
        gate.opened.set()
    assert await scalars(database, NOTES) == ["done"]
    assert await scalars(database, "SELECT status::text FROM pgqueuer.pgqueuer") == ["queued"]


@pytest.mark.parametrize("stops", [1, 2])
async def test_what_does_not_end_is_given_back(
    jobs: Jobs, database: Database, start: StartWorker, gate: Gate, stops: int
) -> None:
    @jobs.task()
    async def wait(context: JobContext) -> None:
        await gate()

    async with database.session() as session:
        await wait.enqueue(session)
    # A second call does not wait for the time to be over.
    with capture_logs() as logs:
        async with start(SHUTDOWN_GRACE_SECONDS=0.05 if stops == 1 else 600) as worker:
            await gate.entered.wait()
            for _ in range(stops):
                worker.stop()
    assert gate.was_cancelled
    assert [line["outcome"] for line in logs if line["event"] == "job"] == ["given back"]
    rows = "SELECT status || ' ' || attempts FROM pgqueuer.pgqueuer"
    assert await scalars(database, rows) == ["queued 0"]


async def test_two_workers_share_the_work_and_run_nothing_twice(
    jobs: Jobs, database: Database, start: StartWorker
) -> None:
    @jobs.task()
    async def note(context: JobContext, number: int) -> None:
        async with context.session() as session:
            await leave(session, context.job_id, str(number))

    async with database.session() as session:
        for number in range(100):
            await note.enqueue(session, number=number)
    async with start(), start():
        await until(database, LEFT, [0])
    assert sorted(map(int, await scalars(database, "SELECT note FROM effects"))) == [*range(100)]


async def test_settings_without_jobs_are_refused(jobs: Jobs, state: State) -> None:
    from padstone.jobs import Worker
    from padstone.settings import DatabaseSettings

    with pytest.raises(TypeError, match="inherit JobSettings"):
        Worker(jobs, {"settings": DatabaseSettings(DATABASE_URL="postgresql://a/b")})

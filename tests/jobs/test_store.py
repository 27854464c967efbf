"""Jobs can be looked at, tried again, cancelled and deleted."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from padstone.db import Database
from padstone.errors import NotFoundError
from padstone.jobs import (
    JobContext,
    Jobs,
    JobState,
    JobStateError,
    Task,
    cancel_job,
    count_jobs,
    find_jobs,
    get_job,
    lease,
    purge_jobs,
    retry_job,
    run_waiting,
    store,
)

from .conftest import State, scalars

LOG = "SELECT count(*) FROM pgqueuer.pgqueuer_log"


@pytest.fixture
def fail(jobs: Jobs) -> Task[Any]:
    """A task whose jobs fail for good at once, until they are told not to."""

    @jobs.task(retries=0)
    async def fail(context: JobContext, fails: bool = True) -> None:  # noqa: FBT001, FBT002
        if fails:
            raise LookupError("nothing there")

    return fail


async def enqueue(database: Database, task: Task[Any], **options: Any) -> int:
    async with database.session() as session:
        return await task.enqueue(session, **options)


async def state_of(database: Database, job_id: int) -> JobState:
    async with database.session() as session:
        return (await get_job(session, job_id)).state


@pytest.fixture
async def failed(fail: Task[Any], jobs: Jobs, state: State, database: Database) -> int:
    job_id = await enqueue(database, fail, unique="key")
    await run_waiting(jobs, state, raises=False)
    return job_id


async def test_every_state_is_visible(
    fail: Task[Any], jobs: Jobs, state: State, database: Database
) -> None:
    failed = await enqueue(database, fail)
    succeeded = await enqueue(database, fail, fails=False)
    await run_waiting(jobs, state, raises=False)
    running = await enqueue(database, fail)
    async with database.session() as session:
        await lease.claim(session, uuid4(), {"fail": 0}, most=1)
    queued = await enqueue(database, fail, unique="u", delay=timedelta(hours=1), priority=2)
    cancelled = await enqueue(database, fail)
    async with database.session() as session:
        await cancel_job(session, cancelled)
        found = {job.id: job for job in await find_jobs(session)}
    assert {number: job.state for number, job in found.items()} == {
        failed: JobState.FAILED,
        succeeded: JobState.SUCCEEDED,
        running: JobState.RUNNING,
        queued: JobState.QUEUED,
        cancelled: JobState.CANCELLED,
    }
    assert found[failed].error == "LookupError"
    assert found[failed].message == "nothing there"
    assert [found[n].attempts for n in (failed, succeeded, running, queued, cancelled)] == [
        *(1, 1, 1, 0, 0)
    ]
    waits = found[queued]
    assert (waits.unique, waits.priority, waits.payload) == ("u", 2, {"fails": True})
    assert waits.due_at is not None
    assert waits.due_at - waits.created_at == timedelta(hours=1)


async def test_they_are_found_by_state_and_task(
    fail: Task[Any], failed: int, jobs: Jobs, database: Database
) -> None:
    @jobs.task()
    async def other(context: JobContext) -> None: ...

    newest = await enqueue(database, other)
    async with database.session() as session:
        assert [job.id for job in await find_jobs(session)] == [newest, failed]
        assert [job.id for job in await find_jobs(session, limit=1)] == [newest]
        assert [job.id for job in await find_jobs(session, task="fail")] == [failed]
        states = [JobState.QUEUED]
        assert [job.id for job in await find_jobs(session, states=states)] == [newest]


async def test_they_are_counted(
    fail: Task[Any], failed: int, jobs: Jobs, database: Database
) -> None:
    await enqueue(database, fail)
    await enqueue(database, fail, delay=timedelta(hours=1))
    async with database.session() as session:
        await session.execute(
            text(
                "UPDATE pgqueuer.pgqueuer SET execute_after = now() - interval '2 minutes' "
                "WHERE execute_after <= now()"
            )
        )
        counts, late = await count_jobs(session, jobs.tasks)
    assert counts == {("fail", "queued"): 2, ("fail", "running"): 0, ("fail", "failed"): 1}
    assert late == 120
    async with database.session() as session:
        assert await count_jobs(session, ["other"]) == (
            {("other", "queued"): 0, ("other", "running"): 0, ("other", "failed"): 0},
            0.0,
        )


async def test_a_failed_job_is_tried_again_with_all_its_retries(
    failed: int, jobs: Jobs, state: State, database: Database
) -> None:
    async with database.session() as session:
        await session.execute(
            text("UPDATE pgqueuer.pgqueuer SET headers = '{\"losses\": 3}', attempts = 4")
        )
        await retry_job(session, failed)
    async with database.session() as session:
        job = await get_job(session, failed)
    assert (job.state, job.attempts, job.error) == (JobState.QUEUED, 0, "LookupError")
    (result,) = await run_waiting(jobs, state, raises=False)
    assert result.job_id == failed


async def test_one_that_waits_runs_now(
    fail: Task[Any], jobs: Jobs, state: State, database: Database
) -> None:
    job_id = await enqueue(database, fail, delay=timedelta(hours=1), fails=False)
    async with database.session() as session:
        await retry_job(session, job_id)
    assert [result.job_id for result in await run_waiting(jobs, state)] == [job_id]


async def test_a_unique_key_that_is_taken_by_now_keeps_a_failed_job(
    failed: int, fail: Task[Any], database: Database
) -> None:
    assert await enqueue(database, fail, unique="key") != failed
    async with database.session() as session:
        with pytest.raises(JobStateError, match="unique key"):
            await retry_job(session, failed)
        await session.rollback()
    assert await state_of(database, failed) is JobState.FAILED


async def test_a_waiting_job_that_is_cancelled_never_runs(
    fail: Task[Any], jobs: Jobs, state: State, database: Database
) -> None:
    job_id = await enqueue(database, fail)
    async with database.session() as session:
        assert await cancel_job(session, job_id) is JobState.QUEUED
    assert await run_waiting(jobs, state) == []


async def test_a_cancellation_that_is_undone_is_none(fail: Task[Any], database: Database) -> None:
    job_id = await enqueue(database, fail)
    async with database.session() as session:
        await cancel_job(session, job_id)
        await session.rollback()
    assert await state_of(database, job_id) is JobState.QUEUED


@pytest.mark.parametrize("what", [cancel_job, retry_job, get_job])
async def test_a_job_that_is_not_there_is_said(database: Database, what: Any) -> None:
    async with database.session() as session:
        with pytest.raises(NotFoundError, match="no job 7"):
            await what(session, 7)


async def test_what_has_ended_cannot_be_interfered_with(
    fail: Task[Any], failed: int, jobs: Jobs, state: State, database: Database
) -> None:
    done = await enqueue(database, fail, fails=False)
    await run_waiting(jobs, state)
    async with database.session() as session:
        with pytest.raises(JobStateError, match="is succeeded"):
            await cancel_job(session, done)
        with pytest.raises(JobStateError, match="is succeeded"):
            await retry_job(session, done)
        with pytest.raises(JobStateError, match="is failed"):
            await cancel_job(session, failed)


async def test_old_ones_are_deleted_and_others_kept(
    fail: Task[Any], failed: int, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_PIECE", 2)  # of the failed job there are three lines
    queued = await enqueue(database, fail)
    async with database.session() as session:
        assert await purge_jobs(session, older_than=timedelta(hours=1)) == 0
        assert await purge_jobs(session, older_than=timedelta(0), task="another") == 0
        assert [job.id for job in await find_jobs(session)] == [queued, failed]
        assert await purge_jobs(session, older_than=timedelta(0)) == 1
        assert [job.id for job in await find_jobs(session)] == [queued]
    assert await scalars(database, LOG) == [1]

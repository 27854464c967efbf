"""What waits is run here and now, in the isolation of whoever asks."""

from datetime import timedelta

import pytest

from padstone.db import Database
from padstone.jobs import JobContext, Jobs, Outcome, run_waiting

from .conftest import State, leave, scalars

NOTES = "SELECT note FROM effects ORDER BY id"


async def test_it_runs_what_waits_and_what_that_enqueues(
    jobs: Jobs, database: Database, state: State
) -> None:
    @jobs.task()
    async def count(context: JobContext, number: int) -> None:
        async with context.once() as session:
            await leave(session, context.job_id, str(number))
            if number < 3:
                await count.enqueue(session, number=number + 1)

    async with database.session() as session:
        await count.enqueue(session, number=1)
    results = await run_waiting(jobs, state)
    assert [result.outcome for result in results] == [Outcome.SUCCEEDED] * 3
    assert await scalars(database, NOTES) == ["1", "2", "3"]
    assert await run_waiting(jobs, state) == []


async def test_a_higher_priority_goes_first_and_what_was_put_off_waits(
    jobs: Jobs, database: Database, state: State
) -> None:
    @jobs.task()
    async def note(context: JobContext, text: str) -> None:
        async with context.once() as session:
            await leave(session, context.job_id, text)

    async with database.session() as session:
        await note.enqueue(session, text="late", delay=timedelta(hours=1), priority=9)
        await note.enqueue(session, text="second")
        await note.enqueue(session, text="first", priority=1)
    await run_waiting(jobs, state)
    assert await scalars(database, NOTES) == ["first", "second"]
    await run_waiting(jobs, state, delayed=True)
    assert await scalars(database, NOTES) == ["first", "second", "late"]


async def test_the_first_failure_is_raised_and_its_job_waits_for_the_next_try(
    jobs: Jobs, database: Database, state: State
) -> None:
    @jobs.task(retries=1)
    async def fail(context: JobContext) -> None:
        async with context.session() as session:
            await leave(session, context.job_id)
            raise LookupError(str(context.attempt))

    async with database.session() as session:
        await fail.enqueue(session)
    with pytest.raises(LookupError, match="1"):
        await run_waiting(jobs, state)
    assert await run_waiting(jobs, state) == []
    (result,) = await run_waiting(jobs, state, delayed=True, raises=False)
    assert (result.outcome, result.task, str(result.error)) == (Outcome.FAILED, "fail", "2")
    assert await run_waiting(jobs, state, delayed=True) == []
    assert await scalars(database, NOTES) == []


async def test_in_a_transaction_that_is_undone_nothing_is_left(
    jobs: Jobs, database: Database, state: State
) -> None:
    @jobs.task()
    async def note(context: JobContext, text: str) -> None:
        async with context.once() as session:
            await leave(session, context.job_id, text)

    async with database.engine.connect() as connection:
        transaction = await connection.begin()
        async with database.pinned(connection):
            async with database.session() as session:
                await note.enqueue(session, text="seen inside")
            await run_waiting(jobs, state)
            assert await scalars(database, NOTES) == ["seen inside"]
        await transaction.rollback()
    assert await scalars(database, NOTES) == []
    assert await scalars(database, "SELECT count(*) FROM pgqueuer.pgqueuer_log") == [0]

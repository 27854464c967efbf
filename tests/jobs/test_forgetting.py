"""Jobs that are about somebody who is erased leave nothing behind."""

import pytest

from padstone.db import Database
from padstone.jobs import JobContext, Jobs, LostJobError, forget_jobs, run_waiting

from .conftest import State, leave, scalars

ROWS = "SELECT count(*) FROM pgqueuer.pgqueuer"


async def test_forgotten_jobs_are_gone_without_a_trace(
    jobs: Jobs, database: Database, state: State
) -> None:
    @jobs.task(retries=0)
    async def note(context: JobContext, text: str) -> None:
        if text == "fails":
            raise LookupError(text)
        async with context.once() as session:
            await leave(session, context.job_id, text)

    async with database.session() as session:
        for text in ("stays", "waits", "fails"):
            await note.enqueue(session, text=text, unique=text)
    async with database.session() as session:
        assert await forget_jobs(session, "note", ["waits"]) == 1
        assert await forget_jobs(session, "note", []) == 0
        assert await forget_jobs(session, "another task", ["stays"]) == 0
    with pytest.raises(LookupError):
        await run_waiting(jobs, state)
    assert await scalars(database, "SELECT note FROM effects") == ["stays"]
    async with database.session() as session:
        assert await forget_jobs(session, "note", ["fails"]) == 1
    assert await scalars(database, ROWS) == [0]
    logged = "SELECT DISTINCT status::text FROM pgqueuer.pgqueuer_log ORDER BY 1"
    assert "failed" not in await scalars(database, logged)


async def test_a_run_whose_job_is_forgotten_commits_nothing_more(
    jobs: Jobs, database: Database, state: State
) -> None:
    @jobs.task(retries=0)
    async def note(context: JobContext) -> None:
        async with context.session() as session:
            assert await forget_jobs(session, "note", ["one"]) == 1
        try:
            async with context.once() as session:
                await leave(session, context.job_id, "too late")
        except LostJobError:
            return
        raise AssertionError("it was kept")

    async with database.session() as session:
        await note.enqueue(session, unique="one")
    await run_waiting(jobs, state)
    assert await scalars(database, "SELECT note FROM effects") == []
    assert await scalars(database, ROWS) == [0]

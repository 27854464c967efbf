"""An effect that is committed with its job's completion happens once, whatever goes wrong."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.db import Database
from padstone.jobs import JobContext, Jobs, JobState, LostJobError, find_jobs, lease
from padstone.jobs.record import Claim

from .conftest import State, leave, scalars

NOTES = "SELECT note FROM effects ORDER BY id"
STATUSES = "SELECT status::text FROM pgqueuer.pgqueuer"


@pytest.fixture
async def claim(jobs: Jobs, database: Database) -> Claim:
    """A job that this test is the worker of."""

    @jobs.task()
    async def note(context: JobContext) -> None: ...

    async with database.session() as session:
        await note.enqueue(session)
    async with database.session() as session:
        (taken,) = await lease.claim(session, uuid4(), {"note": 0}, most=5)
    return taken


@pytest.fixture
def context(claim: Claim, state: State) -> JobContext:
    return JobContext(state, claim)


async def take_away(database: Database) -> None:
    """What happens when its worker falls silent: another one has it."""
    async with database.session() as session:
        await session.execute(
            text("UPDATE pgqueuer.pgqueuer SET queue_manager_id = :other"), {"other": uuid4()}
        )


async def test_it_knows_its_job(context: JobContext, claim: Claim, database: Database) -> None:
    assert context.job_id == claim.job_id
    assert context.attempt == 1
    assert context.request_id is None
    assert context.database is database


def test_an_application_without_a_database_has_no_session() -> None:
    with pytest.raises(TypeError, match="no database"):
        JobContext({"database": None}, Claim(1, "note", None, uuid4())).session()


async def test_an_effect_and_the_end_are_one_commit(
    context: JobContext, database: Database
) -> None:
    async with context.once() as session:
        await leave(session, context.job_id, "done")
        assert await scalars(database, STATUSES) == ["picked"]
    assert await scalars(database, NOTES) == ["done"]
    async with database.session() as session:
        assert [job.state for job in await find_jobs(session)] == [JobState.SUCCEEDED]


async def test_an_effect_that_fails_leaves_the_job(context: JobContext, database: Database) -> None:
    with pytest.raises(LookupError):
        async with context.once() as session:
            await leave(session, context.job_id, "half")
            raise LookupError
    assert not context.is_completing
    assert await scalars(database, NOTES) == []
    assert await scalars(database, STATUSES) == ["picked"]


async def test_it_cannot_be_done_twice(context: JobContext, database: Database) -> None:
    async with context.once() as session:
        await leave(session, context.job_id, "first")
    with pytest.raises(LostJobError):
        async with context.once() as session:
            await leave(session, context.job_id, "second")
    assert await scalars(database, NOTES) == ["first"]


@pytest.mark.parametrize("way", ["once", "complete", "hold"])
async def test_who_has_lost_the_job_commits_nothing(
    context: JobContext, database: Database, way: str
) -> None:
    await take_away(database)

    async def effect(session: AsyncSession) -> None:
        await leave(session, context.job_id, "late")
        await getattr(context, way)(session)

    with pytest.raises(LostJobError):
        if way == "once":
            async with context.once() as session:
                await leave(session, context.job_id, "late")
        else:
            async with context.session() as session:
                await effect(session)
    assert await scalars(database, NOTES) == []
    assert await scalars(database, STATUSES) == ["picked"]


async def test_a_session_of_ones_own_can_complete(context: JobContext, database: Database) -> None:
    async with context.session() as session:
        await leave(session, context.job_id, "done")
        await context.complete(session)
    assert context.is_completing
    assert await scalars(database, NOTES) == ["done"]
    assert await scalars(database, STATUSES) == []


async def test_what_is_held_is_not_taken_over(
    context: JobContext, claim: Claim, database: Database
) -> None:
    async with database.session() as session:
        await session.execute(text("UPDATE pgqueuer.pgqueuer SET heartbeat = '2000-01-01'"))
    from datetime import timedelta

    async with context.session() as session:
        await context.hold(session)
        async with database.session() as other:
            assert await lease.reclaim(other, ["note"], timedelta(seconds=1)) == []
            # Its worker's signs of life neither wait for it nor give it up.
            assert await lease.beat(other, claim.worker, [claim.job_id]) == {claim.job_id}
    async with database.session() as session:
        assert len(await lease.reclaim(session, ["note"], timedelta(seconds=1))) == 1


async def test_two_runs_that_race_have_one_effect(
    context: JobContext, state: dict[str, Any], database: Database, claim: Claim
) -> None:
    async def run(name: str) -> None:
        mine = JobContext(state, claim)
        async with mine.once() as session:
            await leave(session, mine.job_id, name)

    ended = await asyncio.gather(run("a"), run("b"), run("c"), return_exceptions=True)
    assert sorted(type(one).__name__ for one in ended) == [
        "LostJobError",
        "LostJobError",
        "NoneType",
    ]
    assert len(await scalars(database, NOTES)) == 1

"""Enqueuing is part of the caller's transaction; pauses between attempts grow."""

import asyncio
import os
import subprocess
import sys
from datetime import timedelta

import pytest
import structlog
from sqlalchemy import text

from padstone.db import Database
from padstone.errors import RateLimitedError
from padstone.jobs import FinalError, JobContext, Jobs, Policy

from .conftest import scalars

IDS = "SELECT id FROM pgqueuer.pgqueuer ORDER BY id"


async def test_a_rollback_leaves_nothing(jobs: Jobs, database: Database) -> None:
    @jobs.task()
    async def note(context: JobContext, text: str) -> None: ...

    async with database.session() as session:
        # It is the first statement of the transaction, which the driver begins lazily.
        await note.enqueue(session, text="a")
        assert len(list(await session.scalars(text(IDS)))) == 1
        await session.rollback()
    assert await scalars(database, IDS) == []
    assert await scalars(database, "SELECT 1 FROM pgqueuer.pgqueuer_log") == []

    with pytest.raises(LookupError):
        async with database.session() as session:
            await note.enqueue(session, text="a")
            raise LookupError
    assert await scalars(database, IDS) == []


async def test_nobody_sees_it_before_the_commit(jobs: Jobs, database: Database) -> None:
    @jobs.task()
    async def note(context: JobContext) -> None: ...

    async with database.session() as session:
        job_id = await note.enqueue(session)
        assert await scalars(database, IDS) == []
    assert await scalars(database, IDS) == [job_id]


async def test_a_savepoint_takes_its_jobs_along(jobs: Jobs, database: Database) -> None:
    @jobs.task()
    async def note(context: JobContext) -> None: ...

    async with database.session() as session:
        kept = await note.enqueue(session)
        savepoint = await session.begin_nested()
        await note.enqueue(session)
        await savepoint.rollback()
    assert await scalars(database, IDS) == [kept]


async def test_a_read_session_is_refused(jobs: Jobs, database: Database) -> None:
    @jobs.task()
    async def note(context: JobContext) -> None: ...

    async with database.read_session() as session:
        with pytest.raises(TypeError, match="SessionDep"):
            await note.enqueue(session)
    assert await scalars(database, IDS) == []


async def test_what_does_not_fit_is_not_enqueued(jobs: Jobs, database: Database) -> None:
    @jobs.task()
    async def note(context: JobContext, number: int) -> None: ...

    async with database.session() as session:
        with pytest.raises(TypeError, match="number"):
            await note.enqueue(session, number="many")
    assert await scalars(database, IDS) == []


async def test_a_unique_job_is_made_once_while_it_waits(jobs: Jobs, database: Database) -> None:
    @jobs.task()
    async def note(context: JobContext) -> None: ...

    @jobs.task()
    async def other(context: JobContext) -> None: ...

    async with database.session() as session:
        first = await note.enqueue(session, unique="a")
    async with database.session() as session:
        assert await note.enqueue(session, unique="a", priority=3) == first
        assert await note.enqueue(session, unique="b") != first
        assert await other.enqueue(session, unique="a") != first
        assert await note.enqueue(session) != first
    priority = "SELECT priority FROM pgqueuer.pgqueuer WHERE id = :id"
    assert await scalars(database, priority, id=first) == [3]


async def test_of_many_that_race_one_makes_the_unique_job(jobs: Jobs, database: Database) -> None:
    @jobs.task()
    async def note(context: JobContext) -> None: ...

    async def enqueue() -> int:
        async with database.session() as session:
            return await note.enqueue(session, unique="a")

    ids = await asyncio.gather(*(enqueue() for _ in range(15)))
    assert len(set(ids)) == 1
    assert await scalars(database, IDS) == ids[:1]


async def test_a_job_knows_the_request_that_enqueued_it(jobs: Jobs, database: Database) -> None:
    @jobs.task()
    async def note(context: JobContext) -> None: ...

    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        async with database.session() as session:
            await note.enqueue(session)
    found = "SELECT headers ->> 'request_id' FROM pgqueuer.pgqueuer"
    assert await scalars(database, found) == ["r-1"]


def test_variables_of_pgqueuer_change_no_names() -> None:
    # They are read when the module is imported, so it is a new process that has them.
    source = "from padstone.jobs import driver; print(driver._names().qualified)"
    said = [
        subprocess.run(
            [sys.executable, "-c", source], env=env, capture_output=True, text=True, check=True
        ).stdout
        for env in (
            {"PATH": os.environ["PATH"]},
            {
                "PATH": os.environ["PATH"],
                "PGQUEUER_PREFIX": "mine_",
                "PGQUEUER_SCHEMA": "s",
                "QUEUE_TABLE": "theirs",
                "CHANNEL": "4",
                "DURABILITY": "volatile",
            },
        )
    ]
    assert said[0] == said[1]
    assert "queue_table='pgqueuer.pgqueuer'" in said[0]


async def test_a_task_can_be_called(jobs: Jobs) -> None:
    said: list[str] = []

    @jobs.task()
    async def note(context: JobContext, text: str) -> None:
        """Says it."""
        said.append(text)

    await note(None, "here and now")  # type: ignore[arg-type]  # it needs no context
    assert said == ["here and now"]
    assert note.__doc__ == "Says it."


def seconds(policy: Policy, failures: int, error: BaseException) -> float | None:
    pause = policy.pause_after(failures, error)
    return None if pause is None else pause.total_seconds()


def test_pauses_grow_and_are_random() -> None:
    policy = Policy(retries=20, pause=2)
    for failures, full in ((1, 2), (2, 4), (5, 32), (12, 3600), (20, 3600)):
        found = {seconds(policy, failures, LookupError()) for _ in range(50)}
        assert len(found) > 40
        assert all(one is not None and full / 2 <= one <= full for one in found)
    assert seconds(policy, 21, LookupError()) is None


def test_some_failures_are_final() -> None:
    assert seconds(Policy(retries=0), 1, LookupError()) is None
    assert seconds(Policy(), 1, FinalError()) is None


def test_an_error_that_knows_when_is_not_asked_before() -> None:
    assert seconds(Policy(), 1, RateLimitedError(retry_after=90)) == 90
    assert (seconds(Policy(), 1, RateLimitedError(retry_after=0.1)) or 0) >= 1


@pytest.mark.parametrize("wrong", [{"retries": -1}, {"timeout": 0}, {"pause": -1}, {"limit": -1}])
def test_a_policy_that_makes_no_sense_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="0 or more"):
        Policy(**wrong)  # type: ignore[arg-type]  # each is a number


async def test_a_delay_is_kept(jobs: Jobs, database: Database) -> None:
    @jobs.task()
    async def note(context: JobContext) -> None: ...

    async with database.session() as session:
        await note.enqueue(session, delay=timedelta(hours=2))
    wait = "SELECT execute_after - created FROM pgqueuer.pgqueuer"
    assert await scalars(database, wait) == [timedelta(hours=2)]

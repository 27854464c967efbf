"""How one run ends, and what is noted and written of it."""

import asyncio
from typing import Any

import pytest
import structlog
from sqlalchemy import text
from structlog.testing import capture_logs

from padstone.db import Database
from padstone.jobs import (
    FinalError,
    JobContext,
    Jobs,
    JobState,
    Outcome,
    Result,
    get_job,
    run_waiting,
)

from .conftest import State, leave, scalars

NOTES = "SELECT note FROM effects ORDER BY id"


async def only(jobs: Jobs, state: State) -> Result:
    (result,) = await run_waiting(jobs, state, raises=False)
    return result


async def error_of(database: Database, job_id: int) -> tuple[JobState, str | None, str | None]:
    async with database.session() as session:
        job = await get_job(session, job_id)
    return job.state, job.error, job.message


async def test_too_long_is_a_failure(jobs: Jobs, database: Database, state: State) -> None:
    @jobs.task(retries=0, timeout=0.01)
    async def wait(context: JobContext) -> None:
        await asyncio.Event().wait()

    async with database.session() as session:
        job_id = await wait.enqueue(session)
    assert (await only(jobs, state)).outcome is Outcome.FAILED
    assert (await error_of(database, job_id))[:2] == (JobState.FAILED, "TimeoutError")


async def test_a_final_failure_is_not_tried_again(
    jobs: Jobs, database: Database, state: State
) -> None:
    @jobs.task(retries=5)
    async def give_up(context: JobContext) -> None:
        raise FinalError("The file is not a PDF.")

    async with database.session() as session:
        job_id = await give_up.enqueue(session)
    assert (await only(jobs, state)).outcome is Outcome.FAILED
    assert await error_of(database, job_id) == (
        *(JobState.FAILED, "FinalError", "The file is not a PDF."),
    )


async def test_a_payload_that_fits_no_more_fails_clearly(
    jobs: Jobs, database: Database, state: State
) -> None:
    ran = False

    @jobs.task(retries=5)
    async def note(context: JobContext, number: int) -> None:
        nonlocal ran
        ran = True

    async with database.session() as session:
        job_id = await note.enqueue(session, number=1)
        # As if the code had changed since.
        await session.execute(text("UPDATE pgqueuer.pgqueuer SET payload = '{\"amount\": 77}'"))
    assert (await only(jobs, state)).outcome is Outcome.FAILED
    _, error, message = await error_of(database, job_id)
    assert error == "PayloadError"
    assert message is not None
    assert "number: Field required; amount: Extra inputs are not permitted" in message
    assert "77" not in message
    assert not ran


async def test_words_of_postgresql_are_not_kept(
    jobs: Jobs, database: Database, state: State
) -> None:
    @jobs.task(retries=0)
    async def note(context: JobContext) -> None:
        async with context.session() as session:
            await session.execute(text("SELECT 'ada@example.com'::int"))

    async with database.session() as session:
        job_id = await note.enqueue(session)
    await only(jobs, state)
    _, error, message = await error_of(database, job_id)
    assert error == "DBAPIError"
    assert message == "InvalidTextRepresentationError 22P02"


async def test_a_message_that_postgresql_could_not_store(
    jobs: Jobs, database: Database, state: State
) -> None:
    @jobs.task(retries=0)
    async def note(context: JobContext) -> None:
        raise ValueError(r"a\u0000" + "\0b\ud800" + "c" * 5000)

    async with database.session() as session:
        job_id = await note.enqueue(session)
    await only(jobs, state)
    _, error, message = await error_of(database, job_id)
    assert error == "ValueError"
    assert message is not None
    assert message.startswith(r"a\u0000b")
    assert len(message) <= 1000


async def test_what_comes_after_the_effect_is_no_failure(
    jobs: Jobs, database: Database, state: State
) -> None:
    @jobs.task()
    async def note(context: JobContext) -> None:
        async with context.once() as session:
            await leave(session, context.job_id, "done")
        raise LookupError("too late to matter")

    async with database.session() as session:
        job_id = await note.enqueue(session)
    assert (await only(jobs, state)).outcome is Outcome.SUCCEEDED
    assert (await error_of(database, job_id))[0] is JobState.SUCCEEDED
    assert await scalars(database, NOTES) == ["done"]


async def test_a_run_that_has_lost_its_job_notes_nothing(
    jobs: Jobs, database: Database, state: State
) -> None:
    @jobs.task()
    async def note(context: JobContext) -> None:
        async with database.session() as session:
            await session.execute(
                text("UPDATE pgqueuer.pgqueuer SET queue_manager_id = gen_random_uuid()")
            )
        raise LookupError

    async with database.session() as session:
        await note.enqueue(session)
    assert (await only(jobs, state)).outcome is Outcome.LOST
    found = "SELECT status || ' ' || attempts FROM pgqueuer.pgqueuer"
    assert await scalars(database, found) == ["picked 0"]


async def test_its_lines_say_what_it_was(jobs: Jobs, database: Database, state: State) -> None:
    log = structlog.get_logger()

    @jobs.task(retries=1)
    async def note(context: JobContext, fails: bool) -> None:  # noqa: FBT001
        log.info("at work")
        assert context.request_id == "r-7"
        # What a job enqueues has the same request.
        async with context.session() as session:
            if fails:
                await note.enqueue(session, fails=False)
        if fails:
            raise LookupError

    with structlog.contextvars.bound_contextvars(request_id="r-7"):
        async with database.session() as session:
            job_id = await note.enqueue(session, fails=True)
    processors = [structlog.contextvars.merge_contextvars]
    with capture_logs(processors=processors) as logs:
        await run_waiting(jobs, state, raises=False)
    about: dict[str, Any] = {"task": "note", "attempt": 1, "request_id": "r-7"}
    at_work = [line for line in logs if line["event"] == "at work"]
    ended = [line for line in logs if line["event"] == "job"]
    for line in at_work + ended:
        assert {name: line[name] for name in about} == about
    assert [line["outcome"] for line in ended] == ["retried", "succeeded"]
    assert [line["log_level"] for line in ended] == ["warning", "info"]
    assert ended[0]["job_id"] == job_id
    assert ended[0]["error"] == "LookupError"
    assert all(line["duration_ms"] > 0 for line in ended)
    assert "request_id" not in structlog.contextvars.get_contextvars()


@pytest.mark.parametrize("error", [KeyboardInterrupt, asyncio.CancelledError])
async def test_an_interruption_is_passed_on_and_the_job_is_nobodys_loss(
    jobs: Jobs, database: Database, state: State, error: type[BaseException]
) -> None:
    @jobs.task()
    async def note(context: JobContext) -> None:
        raise error

    async with database.session() as session:
        await note.enqueue(session)
    with pytest.raises(error):
        await run_waiting(jobs, state)
    assert await scalars(database, "SELECT status::text FROM pgqueuer.pgqueuer") == ["picked"]

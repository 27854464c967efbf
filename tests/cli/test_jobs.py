"""``padstone jobs``: what an operator sees and does."""

import json
from collections.abc import AsyncIterator
from typing import Any, ClassVar
from uuid import uuid4

import pytest
import pytest_asyncio
from sqlalchemy import text

from jobs_system import FILES
from padstone.db import Database
from padstone.jobs import JobContext, Jobs, lease
from padstone.migrations import job_tables
from padstone.settings import DatabaseSettings, JobSettings

known = Jobs()


@known.task()
async def note(context: JobContext, number: int, token: str = "") -> None:
    """As the system has it."""


class Settings(DatabaseSettings, JobSettings):
    SYSTEM: ClassVar[str] = "tiny"


@pytest_asyncio.fixture
async def database(blank_database: str) -> AsyncIterator[Database]:
    opened = Database(Settings(DATABASE_URL=blank_database, DATABASE_POOL_MIN_SIZE=0))
    await opened.open()
    async with opened.session() as session:
        connection = await session.connection()
        for statement in (
            *job_tables.upgrade_sql(),
            "CREATE TABLE alembic_version (version_num text PRIMARY KEY)",
            "INSERT INTO alembic_version VALUES ('0001')",
        ):
            await connection.exec_driver_sql(statement)
    yield opened
    await opened.close()


@pytest.fixture
def program(tiny: Any, database: Database, blank_database: str) -> Any:
    made = tiny("DatabaseSettings", "JobSettings", files=FILES)
    made.environment["DATABASE_URL"] = blank_database
    return made


@pytest_asyncio.fixture
async def failed(database: Database) -> int:
    """A job that has failed for good."""
    worker = uuid4()
    async with database.session() as session:
        job_id = await note.enqueue(session, number=7, token="sk_live_abc")
    async with database.session() as session:
        (job,) = await lease.claim(session, worker, {"note": 0}, most=1)
        said = {"exception_type": "LookupError", "exception_message": "no such file"}
        await lease.fail(session, job, json.dumps(said))
    return job_id


async def status(database: Database) -> list[str]:
    async with database.session() as session:
        return list(await session.scalars(text("SELECT status::text FROM pgqueuer.pgqueuer")))


async def test_what_did_not_end_well_is_listed(program: Any, failed: int) -> None:
    ran = program.inside("jobs", "list")
    assert (ran.status, ran.err) == (0, "")
    heading, row = ran.out.splitlines()
    assert heading.split() == ["id", "task", "state", "attempts", "changed", "due", "error"]
    assert row.split()[:4] == [str(failed), "note", "failed", "1"]
    assert row.endswith("LookupError: no such file")


async def test_a_program_gets_json(program: Any, failed: int) -> None:
    (job,) = json.loads(program.inside("jobs", "list", "--json").out)
    assert (job["id"], job["state"], job["error"]) == (failed, "failed", "LookupError")
    assert json.loads(program.inside("jobs", "list", "--state", "queued", "--json").out) == []
    assert json.loads(program.inside("jobs", "list", "--task", "other", "--json").out) == []


async def test_one_is_shown_without_secrets(program: Any, failed: int) -> None:
    shown = program.inside("jobs", "show", failed).out
    assert "no such file" in shown
    assert "'number': 7" in shown
    assert "sk_live" not in shown
    assert json.loads(program.inside("jobs", "show", failed, "--json").out)["attempts"] == 1


async def test_it_is_tried_again_cancelled_and_purged(
    program: Any, failed: int, database: Database
) -> None:
    assert program.inside("jobs", "retry", failed).err == f"Job {failed} waits for a worker.\n"
    assert await status(database) == ["queued"]
    ran = program.inside("jobs", "cancel", failed)
    assert ran.err == f"Job {failed} was queued and is cancelled.\n"
    assert await status(database) == []


async def test_programs_are_answered_too(program: Any, failed: int) -> None:
    def said(*args: object) -> Any:
        return json.loads(program.inside("jobs", *args, "--json").out)

    assert said("purge") == {"failed": 0}
    assert said("retry", failed) == {"id": failed, "state": "queued"}
    assert said("cancel", failed) == {"id": failed, "state": "cancelled", "was": "queued"}


async def test_a_running_one_is_told(program: Any, failed: int, database: Database) -> None:
    async with database.session() as session:
        await session.execute(text("UPDATE pgqueuer.pgqueuer SET status = 'picked'"))
    assert "Its worker was told." in program.inside("jobs", "cancel", failed).err


async def test_failed_ones_are_purged_by_their_age(
    program: Any, failed: int, database: Database
) -> None:
    assert program.inside("jobs", "purge").err == "0 failed jobs deleted.\n"
    assert program.inside("jobs", "purge", "--days", 0, "--task", "x").err == (
        "0 failed jobs deleted.\n"
    )
    assert program.inside("jobs", "purge", "--days", 0).err == "1 failed job deleted.\n"
    assert await status(database) == []


async def test_what_is_asked_wrongly_is_said(program: Any, failed: int, tiny: Any) -> None:
    ran = program.inside("jobs", "list", "--state", "lost")
    assert (ran.status, ran.out) == (2, "")
    assert "queued, running, succeeded, failed, cancelled" in ran.err
    ran = program.inside("jobs", "show", 77)
    assert (ran.status, ran.err) == (1, "error: There is no job 77.\n")
    ran = program.inside("jobs", "cancel", failed)
    assert ran.err == f"error: Job {failed} is failed, so this cannot be done.\n"


def test_a_system_without_jobs_has_none_to_show(tiny: Any) -> None:
    ran = tiny("DatabaseSettings").inside("jobs", "list")
    assert ran.status == 2
    assert "do not inherit JobSettings" in ran.err

"""The fixture ``run_jobs``, in a system's own tests."""

import pytest

CONFIG = """\
from typing import ClassVar
from padstone.settings import DatabaseSettings, JobSettings


class Settings(DatabaseSettings, JobSettings):
    SYSTEM: ClassVar[str] = "plugged_jobs"


settings = Settings()
"""

MAIN = """\
from datetime import timedelta

from fastapi import APIRouter
from padstone import create_app
from padstone.db import SessionDep
from padstone.jobs import JobContext, Jobs
from sqlalchemy import func, select
from app.core.config import settings
from app.models import Thing

jobs = Jobs()


@jobs.task(retries=0)
async def make(context: JobContext, name: str, then: str | None = None) -> None:
    if name == "bad":
        raise LookupError(name)
    async with context.once() as session:
        session.add(Thing(name=name))
        if then is not None:
            await make.enqueue(session, name=then)


router = APIRouter()


@router.post("/things/{name}", status_code=202)
async def create(
    name: str, session: SessionDep, then: str | None = None, late: bool = False
) -> int:
    delay = timedelta(hours=1) if late else None
    return await make.enqueue(session, name=name, then=then, delay=delay)


app = create_app(settings, title="Plugged", version="1", routers=[router], jobs=jobs)
"""

REVISION = """\
from alembic import op
from app.models import Base
from padstone.migrations import job_tables

revision, down_revision = "0001", None


def upgrade():
    job_tables.upgrade(1)
    Base.metadata.create_all(op.get_bind())


def downgrade():
    Base.metadata.drop_all(op.get_bind())
    job_tables.downgrade(1)
"""

TESTS = """
import pytest
from sqlalchemy import select
from app.models import Thing


async def names(session):
    return sorted(await session.scalars(select(Thing.name)))


@pytest.mark.parametrize("again", [1, 2])
async def test_what_jobs_do_is_undone(client, session, run_jobs, again):
    assert (await client.post("/things/a?then=b")).status_code == 202
    assert await names(session) == []
    results = await run_jobs()
    assert [result.task for result in results] == ["make", "make"]
    assert await names(session) == ["a", "b"]


async def test_what_was_put_off_waits(client, session, run_jobs):
    await client.post("/things/a?late=true")
    assert await run_jobs() == []
    await run_jobs(delayed=True)
    assert await names(session) == ["a"]


async def test_a_failure_is_raised_unless_told(client, session, run_jobs):
    await client.post("/things/bad")
    await client.post("/things/good")
    with pytest.raises(LookupError):
        await run_jobs()
    await client.post("/things/bad")
    results = await run_jobs(raises=False)
    assert sorted(result.outcome for result in results) == ["failed", "succeeded"]
    assert await names(session) == ["good"]


@pytest.mark.committed
@pytest.mark.parametrize("again", [1, 2])
async def test_commits_are_real_in_a_database_of_ones_own(client, session, run_jobs, again):
    await client.post("/things/a")
    await run_jobs()
    assert await names(session) == ["a"]
    await session.rollback()
    assert await names(session) == ["a"]
"""


def test_a_systems_tests_run_its_jobs(system: pytest.Pytester) -> None:
    (system.path / "app/core/config.py").write_text(CONFIG)
    (system.path / "app/main.py").write_text(MAIN)
    (system.path / "alembic/versions/0001.py").write_text(REVISION)
    (system.path / "test_jobs.py").write_text(TESTS)
    system.runpytest_subprocess("-q", "-n0").assert_outcomes(passed=6)


def test_a_system_without_jobs_is_told(system: pytest.Pytester) -> None:
    (system.path / "test_jobs.py").write_text("async def test_it(run_jobs): await run_jobs()\n")
    result = system.runpytest_subprocess("-q", "-n0")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*this application has no jobs: its create_app names none*"])

"""The jobs' tables come and go with a revision, and are what the installed pgqueuer works with."""

import asyncio
import hashlib
from pathlib import Path

import asyncpg
import pytest
from pgqueuer.adapters.persistence.qb import (
    QueryBuilderEnvironment,
    QueryQueueBuilder,
    QuerySchedulerBuilder,
)
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.domain.settings import DBSettings

from padstone import migrations
from padstone.db import Database
from padstone.migrations import job_tables
from padstone.settings import DatabaseSettings

from .conftest import TinySystem

CONFIG = """\
    from typing import ClassVar

    from padstone.settings import DatabaseSettings, JobSettings


    class Settings(DatabaseSettings, JobSettings):
        SYSTEM: ClassVar[str] = "{package}"


    settings = Settings()
"""
WITHOUT = CONFIG.replace(", JobSettings", "")

# A text that was released may stand in any revision. A change comes as a new number.
RELEASED = {1: "bc98287afe05515ccf3d891d9db8d5583820c873d7a88dd7fa13bc253a72ffe1"}


@pytest.fixture
def with_jobs(system: TinySystem, blank_database: str) -> DatabaseSettings:
    """The settings of a system that has jobs, and no revision yet."""
    system.write("core/config.py", CONFIG)
    system.forget()
    return system.settings(blank_database)


async def schemas(connection: asyncpg.Connection) -> set[str]:
    rows = await connection.fetch("SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_'")
    return {row["nspname"] for row in rows}


async def test_a_revision_makes_the_tables_and_takes_them_away(
    with_jobs: DatabaseSettings, psql: asyncpg.Connection
) -> None:
    written = await asyncio.to_thread(migrations.revision, with_jobs, "add jobs")
    assert written is not None
    text = written.read_text()
    assert "from padstone.migrations import job_tables" in text
    assert "    job_tables.upgrade(1)\n" in text
    assert "    job_tables.downgrade(1)\n" in text
    for _ in range(2):
        await asyncio.to_thread(migrations.upgrade, with_jobs)
        assert await asyncio.to_thread(migrations.check, with_jobs) == []
        assert await asyncio.to_thread(migrations.revision, with_jobs, "nothing") is None
        await psql.execute(
            "INSERT INTO pgqueuer.pgqueuer (priority, status, entrypoint) VALUES (0, 'queued', 'a')"
        )
        await asyncio.to_thread(migrations.downgrade, with_jobs, "base")
        assert await schemas(psql) == {"public", "information_schema"}


async def test_check_says_that_they_are_missing(
    system: TinySystem, with_jobs: DatabaseSettings
) -> None:
    assert await asyncio.to_thread(migrations.check, with_jobs) == ["job_tables.upgrade(1)"]


async def test_a_system_that_has_no_jobs_any_more_drops_them(
    system: TinySystem, with_jobs: DatabaseSettings, psql: asyncpg.Connection
) -> None:
    await asyncio.to_thread(migrations.revision, with_jobs, "add jobs")
    await asyncio.to_thread(migrations.upgrade, with_jobs)
    system.write("core/config.py", WITHOUT)
    system.forget()
    without = system.settings(with_jobs.DATABASE_URL)
    assert await asyncio.to_thread(migrations.check, without) == ["job_tables.downgrade(1)"]
    await asyncio.to_thread(migrations.revision, without, "drop jobs")
    await asyncio.to_thread(migrations.upgrade, without)
    assert "pgqueuer" not in await schemas(psql)


async def test_tables_that_newer_code_has_made_are_left_alone(
    with_jobs: DatabaseSettings, psql: asyncpg.Connection
) -> None:
    await psql.execute("CREATE SCHEMA pgqueuer")
    await psql.execute("COMMENT ON SCHEMA pgqueuer IS 'padstone.jobs 1000'")
    assert await asyncio.to_thread(migrations.check, with_jobs) == []


def test_the_revision_blocks_nobody(with_jobs: DatabaseSettings) -> None:
    migrations.revision(with_jobs, "add jobs")
    assert migrations.lint(with_jobs) == []


async def test_reset_empties_them_too(
    with_jobs: DatabaseSettings, psql: asyncpg.Connection
) -> None:
    await asyncio.to_thread(migrations.revision, with_jobs, "add jobs")
    await asyncio.to_thread(migrations.upgrade, with_jobs)
    await psql.execute(
        "INSERT INTO pgqueuer.pgqueuer (priority, status, entrypoint) VALUES (0, 'queued', 'a')"
    )
    name = str(with_jobs.DATABASE_URL).rpartition("/")[2]
    await asyncio.to_thread(migrations.reset, with_jobs, confirm=name)
    assert await psql.fetchval("SELECT count(*) FROM pgqueuer.pgqueuer") == 0


async def test_they_are_what_the_installed_pgqueuer_works_with(
    database: Database, blank_database: str
) -> None:
    async with database.session() as session:
        connection = await session.connection()
        for statement in job_tables.upgrade_sql():
            await connection.exec_driver_sql(statement)
    driver = await asyncpg.connect(blank_database.replace("+asyncpg", ""))
    names = DBSettings(db_schema="pgqueuer")
    its_own = Queries.from_asyncpg_connection(driver)
    its_own.qbe = QueryBuilderEnvironment(names)
    its_own.qbq, its_own.qbs = QueryQueueBuilder(names), QuerySchedulerBuilder(names)
    plan = await its_own.plan_upgrade()
    await driver.close()
    assert (plan.statements, plan.notes) == ((), ())


def test_what_was_released_stays_as_it_is() -> None:
    folder = Path(job_tables.__file__).parent
    found = {
        int(file.stem.rpartition("_")[2]): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.glob("job_tables_*.sql")
    }
    assert found == RELEASED
    assert sorted(found) == list(range(1, job_tables.VERSION + 1))

"""pgqueuer is imported when it is needed, and not by everybody."""

import subprocess
import sys

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.db import Database
from padstone.jobs.driver import connection_of, execute, fetch, queries

SOURCE = """
import sys, padstone.app
from padstone.jobs import prepare
assert "pgqueuer" not in sys.modules
prepare()
assert "pgqueuer.adapters.persistence.queries" in sys.modules
"""


def test_it_is_imported_at_the_start_of_who_has_jobs() -> None:
    subprocess.run([sys.executable, "-c", SOURCE], check=True)


async def test_statements_are_part_of_the_sessions_transaction(database: Database) -> None:
    async with database.session() as session:
        await execute(session, "INSERT INTO effects (job_id, note) VALUES ($1, $2)", 7, "a")
        assert await fetch(session, "SELECT job_id, note FROM effects") == [
            {"job_id": 7, "note": "a"}
        ]
        await session.rollback()
        assert await fetch(session, "SELECT 1 FROM effects") == []


async def test_pgqueuer_hears_nothing_on_a_pooled_connection(database: Database) -> None:
    async with database.session() as session:
        assert isinstance(session, AsyncSession)
        driver = queries(await connection_of(session)).driver
        async with driver:
            assert not driver.shutdown.is_set()
            assert driver.tm.tasks == set()
            with pytest.raises(NotImplementedError, match="Listener"):
                await driver.add_listener("a", print)

"""What the page on background jobs shows is carried out."""

import re
import textwrap
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import text

from padstone.db import Database
from padstone.jobs import JobContext, Jobs, run_waiting
from padstone.migrations import job_tables
from padstone.settings import DatabaseSettings, JobSettings

PAGE = (Path(__file__).parents[2] / "docs" / "guide" / "jobs.md").read_text()
DECLARED, ENQUEUED, TESTED = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


class Settings(DatabaseSettings, JobSettings):
    SYSTEM: ClassVar[str] = "page"


async def test_jobs_are_declared_enqueued_and_run(database: Database, blank_database: str) -> None:
    saved: list[tuple[UUID, str]] = []

    async def read_words(storage: object, upload_id: UUID) -> str:
        return f"{storage} {upload_id.int}"

    async def save_words(session: object, upload_id: UUID, words: str) -> None:
        saved.append((upload_id, words))

    names: dict[str, Any] = {"read_words": read_words, "save_words": save_words}
    exec(DECLARED, names)  # noqa: S102  # it is our own page
    upload = SimpleNamespace(id=UUID(int=7))
    body = f"async def enqueue(session, upload):\n{textwrap.indent(ENQUEUED, '    ')}"
    exec(body, names)  # noqa: S102
    async with database.session() as session:
        connection = await session.connection()
        for statement in job_tables.upgrade_sql():
            await connection.exec_driver_sql(statement)
        await names["enqueue"](session, upload)
        await names["enqueue"](session, upload)
        # Of two with the same key there is one.
        assert await session.scalar(text("SELECT count(*) FROM pgqueuer.pgqueuer")) == 5
    jobs = names["jobs"]
    assert isinstance(jobs, Jobs)
    state = {"database": database, "storage": "stored"}
    assert len(await run_waiting(jobs, state)) == 3
    assert saved == [(upload.id, "stored 7")] * 3
    assert [schedule.task.name for schedule in jobs.schedules] == ["take_snapshots"]
    assert JobContext.__name__ in DECLARED


def test_the_test_it_shows_is_one() -> None:
    compile(TESTED.replace('"/uploads", …', '"/uploads"'), "page", "exec")

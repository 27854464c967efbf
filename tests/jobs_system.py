"""A system with jobs, for the tests of whatever runs them."""

__all__ = ["FILES"]

# An effect is committed together with its job, and takes a moment.
TASKS = """\
import asyncio
from pathlib import Path

from padstone.jobs import JobContext, Jobs
from sqlalchemy import text

jobs = Jobs()


@jobs.task()
async def note(context: JobContext, number: int) -> None:
    async with context.once() as session:
        await session.execute(
            text("INSERT INTO effects (job_id, note) VALUES (:job, :note)"),
            {"job": context.job_id, "note": str(number)},
        )
        await session.execute(text("SELECT pg_sleep(0.02)"))


@jobs.task()
async def wait(context: JobContext, name: str) -> None:
    Path(f"{name}.{context.attempt}.begun").touch()
    while not Path(name).exists():
        await asyncio.sleep(0.01)
    async with context.once() as session:
        await session.execute(
            text("INSERT INTO effects (job_id, note) VALUES (:job, :note)"),
            {"job": context.job_id, "note": f"attempt {context.attempt}"},
        )
"""

MAIN = """\
from padstone import create_app

from app.core.config import settings
from app.jobs import jobs

app = create_app(settings, title="Tiny", version="1.2.3", routers=[], jobs=jobs)
"""

REVISION = """\
from alembic import op
from padstone.migrations import job_tables

revision = "0001"
down_revision = None


def upgrade():
    job_tables.upgrade(1)
    op.execute("CREATE TABLE effects (id bigserial PRIMARY KEY, job_id bigint, note text)")


def downgrade():
    op.execute("DROP TABLE effects")
    job_tables.downgrade(1)
"""

MODELS = """\
from padstone.models import TableBase, new_metadata
from sqlalchemy.orm import DeclarativeBase


class Base(TableBase, DeclarativeBase):
    metadata = new_metadata()
"""

FILES = {
    "alembic.ini": "[alembic]\nscript_location = %(here)s/alembic\npath_separator = os\n",
    "alembic/env.py": (
        "from app.core.config import settings\n"
        "from padstone.migrations import run\n\n"
        'run(settings, "app.models")\n'
    ),
    "alembic/versions/0001.py": REVISION,
    "app/models/__init__.py": MODELS,
    "app/jobs.py": TASKS,
    "app/main.py": MAIN,
}

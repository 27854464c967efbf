"""A worker tidies up by itself."""

from sqlalchemy import text

from padstone.db import Database
from padstone.jobs import JobContext, Jobs

from .conftest import StartWorker, State, until


async def test_old_failures_are_deleted(
    jobs: Jobs, database: Database, state: State, start: StartWorker
) -> None:
    @jobs.task()
    async def note(context: JobContext) -> None: ...

    async with database.session() as session:
        for _ in range(2):
            await note.enqueue(session)
        await session.execute(
            text(
                "UPDATE pgqueuer.pgqueuer SET status = 'failed', "
                "updated = now() - id * interval '10 days' + interval '1 minute'"
            )
        )
    async with start(JOBS_KEEP_DAYS=10):
        await until(database, "SELECT id FROM pgqueuer.pgqueuer", [1])

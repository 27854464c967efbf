"""Work in the background: stored in PostgreSQL together with what it is about, run by workers.

A system declares its tasks once::

    jobs = Jobs()

    @jobs.task(retries=5, timeout=60)
    async def extract_text(context: JobContext, upload_id: UUID) -> None:
        async with context.once() as session:
            …

    @jobs.schedule("0 3 * * *")
    async def take_snapshots(context: JobContext) -> None: …

A service enqueues in its own transaction, so that a job exists exactly when what it is about does::

    await extract_text.enqueue(session, upload_id=upload.id)

``create_app(settings, jobs=jobs, …)`` makes them known, ``padstone worker`` runs them, and the
settings inherit ``JobSettings``, by which the migrations know of the tables. In tests the fixture
``run_jobs`` runs them in place.

A job is run at least once: a worker may be killed between what a task does and the note that it is
done. What a task commits by ``context.once()`` is committed exactly once.

The tables and the statements that enqueue and take jobs are pgqueuer's; how a job is kept, ended
and given up is ours (see ``lease``).
"""

from padstone.jobs.context import JobContext
from padstone.jobs.driver import prepare
from padstone.jobs.errors import FinalError, JobStateError, LostJobError, PayloadError
from padstone.jobs.in_place import run_waiting
from padstone.jobs.record import JobInfo, JobState
from padstone.jobs.registry import Jobs
from padstone.jobs.run import Outcome, Result
from padstone.jobs.schedules import Schedule
from padstone.jobs.store import (
    cancel_job,
    count_jobs,
    find_jobs,
    forget_jobs,
    get_job,
    purge_jobs,
    retry_job,
)
from padstone.jobs.task import Policy, Task
from padstone.jobs.worker import Worker

__all__ = [
    "FinalError",
    "JobContext",
    "JobInfo",
    "JobState",
    "JobStateError",
    "Jobs",
    "LostJobError",
    "Outcome",
    "PayloadError",
    "Policy",
    "Result",
    "Schedule",
    "Task",
    "Worker",
    "cancel_job",
    "count_jobs",
    "find_jobs",
    "forget_jobs",
    "get_job",
    "prepare",
    "purge_jobs",
    "retry_job",
    "run_waiting",
]

"""Looking at jobs, and interfering with them: for people, and for systems that show them."""

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.errors import NotFoundError
from padstone.jobs.driver import fetch, tell, wake
from padstone.jobs.errors import JobStateError
from padstone.jobs.record import JobInfo, JobState, read_object

__all__ = [
    "cancel_job",
    "count_jobs",
    "find_jobs",
    "forget_jobs",
    "get_job",
    "purge_jobs",
    "retry_job",
]

# A job that has ended has no row in the queue any more, and one line in the log that says how.
_FIND = """
WITH found AS (
    (SELECT id, entrypoint, status::text, priority, created, updated, execute_after, dedupe_key,
            headers, payload, attempts + CASE WHEN status = 'picked' THEN 1 ELSE 0 END AS attempts
     FROM pgqueuer.pgqueuer
     WHERE ($1::bigint IS NULL OR id = $1) AND status::text = ANY($2::text[])
       AND ($3::text IS NULL OR entrypoint = $3)
     ORDER BY updated DESC, id DESC LIMIT $4)
    UNION ALL
    (SELECT job_id, entrypoint, status::text, priority,
            (SELECT min(created) FROM pgqueuer.pgqueuer_log WHERE job_id = ended.job_id),
            created, NULL, NULL, NULL, NULL,
            (SELECT count(*) FROM pgqueuer.pgqueuer_log
             WHERE job_id = ended.job_id AND status = 'picked')
     FROM pgqueuer.pgqueuer_log AS ended
     WHERE ($1::bigint IS NULL OR job_id = $1) AND status::text = ANY($2::text[])
       AND status IN ('successful', 'canceled', 'deleted', 'exception')
       AND ($3::text IS NULL OR entrypoint = $3)
     ORDER BY created DESC, id DESC LIMIT $4)
)
SELECT found.*, last.traceback FROM found LEFT JOIN LATERAL (
    SELECT traceback FROM pgqueuer.pgqueuer_log
    WHERE job_id = found.id AND traceback IS NOT NULL ORDER BY created DESC, id DESC LIMIT 1
) AS last ON true
ORDER BY updated DESC, id DESC LIMIT $4
"""

_COUNT = """
SELECT entrypoint, status::text, count(*) AS count,
       max(extract(epoch FROM now() - execute_after)) FILTER (WHERE status = 'queued')::float8
       AS late
FROM pgqueuer.pgqueuer WHERE entrypoint = ANY($1::text[]) GROUP BY entrypoint, status
"""

_RETRY = """
WITH changed AS (
    UPDATE pgqueuer.pgqueuer
    SET status = 'queued', execute_after = now(), updated = now(),
        attempts = CASE WHEN status = 'failed' THEN 0 ELSE attempts END,
        headers = CASE WHEN status = 'failed' THEN headers - 'losses' ELSE headers END
    WHERE id = $1 AND status IN ('failed', 'queued') RETURNING id, entrypoint, priority
)
INSERT INTO pgqueuer.pgqueuer_log (job_id, status, entrypoint, priority)
SELECT id, 'queued', entrypoint, priority FROM changed RETURNING job_id
"""

_CANCEL = """
WITH gone AS (
    DELETE FROM pgqueuer.pgqueuer WHERE id = $1 AND status IN ('queued', 'picked')
    RETURNING id, entrypoint, priority, status
), noted AS (
    INSERT INTO pgqueuer.pgqueuer_log (job_id, status, entrypoint, priority)
    SELECT id, 'canceled', entrypoint, priority FROM gone
)
SELECT status::text FROM gone
"""

_PURGE = """
WITH failed AS (
    DELETE FROM pgqueuer.pgqueuer
    WHERE status = 'failed' AND updated <= $1 AND ($2::text IS NULL OR entrypoint = $2)
    RETURNING id
), schedules AS (
    DELETE FROM pgqueuer.pgqueuer_schedules
    WHERE next_run <= $1 AND updated <= $1 AND $2::text IS NULL
)
SELECT id FROM failed
"""

# In pieces, since there may be millions of lines, and a statement has a time limit.
_PURGE_LOG = """
DELETE FROM pgqueuer.pgqueuer_log WHERE id IN (
    SELECT id FROM pgqueuer.pgqueuer_log AS line
    WHERE created <= $1 AND ($2::text IS NULL OR entrypoint = $2)
      AND NOT EXISTS (SELECT FROM pgqueuer.pgqueuer AS job WHERE job.id = line.job_id)
    ORDER BY created LIMIT $3
) RETURNING id
"""
_PIECE = 10_000


# A run that is under way finds its row gone, and commits nothing more by `once`.
_FORGET = """
WITH gone AS (
    DELETE FROM pgqueuer.pgqueuer WHERE dedupe_key = ANY($1::text[]) RETURNING id, status
), log AS (
    DELETE FROM pgqueuer.pgqueuer_log AS line USING gone WHERE line.job_id = gone.id
)
SELECT id, status::text FROM gone
"""


async def find_jobs(
    session: AsyncSession,
    *,
    states: Collection[JobState] = tuple(JobState),
    task: str | None = None,
    limit: int = 100,
) -> list[JobInfo]:
    """The jobs in one of ``states``, those that changed last first."""
    statuses = [status for state in states for status in state.statuses]
    return [_info(row) for row in await fetch(session, _FIND, None, statuses, task, limit)]


async def count_jobs(
    session: AsyncSession, tasks: Iterable[str]
) -> tuple[dict[tuple[str, str], int], float]:
    """How many jobs of ``tasks`` wait, run and have failed, by task and state, zeros included.

    And for how many seconds the one that waits longest has been due.
    """
    states = (JobState.QUEUED, JobState.RUNNING, JobState.FAILED)
    counts = {(task, str(state)): 0 for task in tasks for state in states}
    late = 0.0
    for row in await fetch(session, _COUNT, sorted({task for task, _ in counts})):
        counts[row["entrypoint"], str(JobState.of(row["status"]))] = row["count"]
        late = max(late, row["late"] or 0.0)
    return counts, late


async def get_job(session: AsyncSession, job_id: int) -> JobInfo:
    """The job, also one that has ended, until it is purged. Raises ``NotFoundError``."""
    statuses = [status for state in JobState for status in state.statuses]
    for row in await fetch(session, _FIND, job_id, statuses, None, 1):
        return _info(row)
    raise NotFoundError(f"There is no job {job_id}.")


async def retry_job(session: AsyncSession, job_id: int) -> None:
    """Has a failed job run again, with all its retries; one that waits for its time runs now.

    Raises ``NotFoundError``, and ``JobStateError`` for one that runs or has ended, and where
    another with the same unique key waits or runs.
    """
    try:
        changed = await fetch(session, _RETRY, job_id)
    except IntegrityError as error:
        raise JobStateError(
            f"Another job with the unique key of job {job_id} waits or runs."
        ) from error
    if not changed:
        await _refuse(session, job_id)
    await wake(session)


async def cancel_job(session: AsyncSession, job_id: int) -> JobState:
    """Cancels a job that waits or runs; which of them it did.

    With the commit of ``session`` the job is cancelled. A run that is under way sees a cancellation
    at its next ``await``, and commits nothing more by ``once``, ``complete`` and ``hold``. Raises
    ``NotFoundError``, and ``JobStateError`` for a job that has ended.
    """
    gone = await fetch(session, _CANCEL, job_id)
    if not gone:
        await _refuse(session, job_id)
    state = JobState.of(gone[0]["status"])
    if state is JobState.RUNNING:
        await tell(session, [job_id])
    return state


async def forget_jobs(session: AsyncSession, task: str, unique: Collection[str]) -> int:
    """Deletes the jobs of ``task`` with one of these unique keys, failed ones included; how many.

    Unlike a cancelled job, nothing is left of them: for whoever must erase what they are about.
    """
    keys = [f"{task}:{key}" for key in unique]
    gone = await fetch(session, _FORGET, keys) if keys else []
    running = [row["id"] for row in gone if JobState.of(row["status"]) is JobState.RUNNING]
    if running:
        await tell(session, running)
    return len(gone)


async def purge_jobs(
    session: AsyncSession, *, older_than: timedelta, task: str | None = None
) -> int:
    """Deletes failed jobs, and what is known of ended ones; how many failed ones there were."""
    until = datetime.now(UTC) - older_than
    failed = await fetch(session, _PURGE, until, task)
    while len(await fetch(session, _PURGE_LOG, until, task, _PIECE)) == _PIECE:
        pass
    return len(failed)


async def _refuse(session: AsyncSession, job_id: int) -> None:
    state = (await get_job(session, job_id)).state
    raise JobStateError(f"Job {job_id} is {state}, so this cannot be done.")


def _info(row: Mapping[str, Any]) -> JobInfo:
    failure = read_object(row["traceback"])
    payload = row["payload"]
    return JobInfo(
        id=row["id"],
        task=row["entrypoint"],
        state=JobState.of(row["status"]),
        attempts=row["attempts"],
        priority=row["priority"],
        created_at=row["created"],
        updated_at=row["updated"],
        due_at=row["execute_after"],
        unique=_unique(row),
        error=failure.get("exception_type"),
        message=failure.get("exception_message"),
        request_id=read_object(row["headers"]).get("request_id"),
        payload=None if payload is None else json.loads(payload),
    )


def _unique(row: Mapping[str, Any]) -> str | None:
    key = row["dedupe_key"]
    return None if key is None else str(key).removeprefix(f"{row['entrypoint']}:")

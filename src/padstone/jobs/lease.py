"""Taking jobs and giving them up again, so that no job is ever two workers' at the same time.

A worker takes a job for as long as it gives signs of life (the lease). One that falls silent, for
whatever reason, loses its jobs to others. It may still be alive, and wake up in the middle of one:
so each statement by which a worker says something of a job names the worker, and changes nothing
where the job is not its any more.

pgqueuer's own statements for this name the job alone, which is why they are not used here.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.db import sqlstate_of
from padstone.jobs.driver import connection_of, fetch, queries, wake
from padstone.jobs.record import Claim

__all__ = [
    "beat",
    "claim",
    "claim_next",
    "end",
    "fail",
    "give_back",
    "hold",
    "reclaim",
    "retry",
    "until_next",
]

MOST_LOSSES = 10
"""A job with which so many workers have vanished is the cause of it, and fails."""

# Two workers wanted the last place of a task that may run so many times only.
_OTHERS_WERE_FASTER = {"23505", "40P01"}

_SOON_SECONDS = 0.05

_LONG_AGO = timedelta(days=36_500)  # pgqueuer is not to take jobs from others: `reclaim` does

_END = """
WITH changed AS (
    DELETE FROM pgqueuer.pgqueuer WHERE id = $1 AND queue_manager_id = $2 AND status = 'picked'
    RETURNING id, entrypoint, priority
)
INSERT INTO pgqueuer.pgqueuer_log (job_id, status, entrypoint, priority)
SELECT id, 'successful', entrypoint, priority FROM changed RETURNING job_id
"""

_FAIL = """
WITH changed AS (
    UPDATE pgqueuer.pgqueuer
    SET status = 'failed', updated = now(), queue_manager_id = NULL, slot = NULL,
        attempts = attempts + 1
    WHERE id = $1 AND queue_manager_id = $2 AND status = 'picked'
    RETURNING id, entrypoint, priority
)
INSERT INTO pgqueuer.pgqueuer_log (job_id, status, entrypoint, priority, traceback)
SELECT id, 'failed', entrypoint, priority, $3::jsonb FROM changed RETURNING job_id
"""

_RETRY = """
WITH changed AS (
    UPDATE pgqueuer.pgqueuer
    SET status = 'queued', updated = now(), queue_manager_id = NULL, slot = NULL,
        attempts = attempts + 1, execute_after = now() + $4::interval
    WHERE id = $1 AND queue_manager_id = $2 AND status = 'picked'
    RETURNING id, entrypoint, priority
)
INSERT INTO pgqueuer.pgqueuer_log (job_id, status, entrypoint, priority, traceback)
SELECT id, 'queued', entrypoint, priority, $3::jsonb FROM changed RETURNING job_id
"""

_GIVE_BACK = """
WITH changed AS (
    UPDATE pgqueuer.pgqueuer
    SET status = 'queued', updated = now(), queue_manager_id = NULL, slot = NULL
    WHERE queue_manager_id = $1 AND status = 'picked' RETURNING id, entrypoint, priority
)
INSERT INTO pgqueuer.pgqueuer_log (job_id, status, entrypoint, priority)
SELECT id, 'queued', entrypoint, priority FROM changed RETURNING job_id
"""

# A row that a transaction of the job itself holds is left out: the job is at work, and waiting for
# it would keep the signs of all the others.
_BEAT = """
WITH mine AS (
    SELECT id FROM pgqueuer.pgqueuer
    WHERE id = ANY($1::bigint[]) AND queue_manager_id = $2 AND status = 'picked'
), free AS (
    SELECT id FROM pgqueuer.pgqueuer WHERE id IN (SELECT id FROM mine) FOR UPDATE SKIP LOCKED
), beaten AS (
    UPDATE pgqueuer.pgqueuer SET heartbeat = now() WHERE id IN (SELECT id FROM free)
)
SELECT id FROM mine
"""

_RECLAIM = """
WITH silent AS (
    SELECT id, coalesce((headers ->> 'losses')::int, 0) + 1 AS losses
    FROM pgqueuer.pgqueuer
    WHERE status = 'picked' AND heartbeat < now() - $1::interval AND entrypoint = ANY($2::text[])
    FOR UPDATE SKIP LOCKED
), changed AS (
    UPDATE pgqueuer.pgqueuer AS job
    SET status = (CASE WHEN losses > $3 THEN 'failed' ELSE 'queued' END)::pgqueuer.pgqueuer_status,
        updated = now(), queue_manager_id = NULL, slot = NULL, attempts = attempts + 1,
        headers = coalesce(headers, '{}') || jsonb_build_object('losses', losses)
    FROM silent WHERE job.id = silent.id
    RETURNING job.id, entrypoint, priority, status
), noted AS (
    INSERT INTO pgqueuer.pgqueuer_log (job_id, status, entrypoint, priority, traceback)
    SELECT id, status, entrypoint, priority, jsonb_build_object(
        'job_id', id, 'timestamp', now(), 'exception_type', 'WorkerLost',
        'exception_message', 'The worker gave no sign of life any more.',
        'traceback', '', 'additional_context', NULL)
    FROM changed
)
SELECT id, entrypoint, status::text FROM changed
"""

_UNTIL_NEXT = """
SELECT extract(epoch FROM min(execute_after) - clock_timestamp())::float8 AS seconds
FROM pgqueuer.pgqueuer
WHERE status = 'queued' AND entrypoint = ANY($1::text[])
  AND (execute_after > now() OR entrypoint <> ALL($2::text[]))
"""

_CLAIM_NEXT = """
WITH next AS (
    SELECT id FROM pgqueuer.pgqueuer
    WHERE status = 'queued' AND entrypoint = ANY($2::text[]) AND (execute_after <= now() OR $3)
    ORDER BY execute_after > now(), priority DESC, id LIMIT 1 FOR UPDATE SKIP LOCKED
), taken AS (
    UPDATE pgqueuer.pgqueuer AS job
    SET status = 'picked', updated = now(), heartbeat = now(), queue_manager_id = $1
    FROM next WHERE job.id = next.id RETURNING job.*
), noted AS (
    INSERT INTO pgqueuer.pgqueuer_log (job_id, status, entrypoint, priority)
    SELECT id, 'picked', entrypoint, priority FROM taken
)
SELECT * FROM taken
"""

_HOLD = """
SELECT id FROM pgqueuer.pgqueuer
WHERE id = $1 AND queue_manager_id = $2 AND status = 'picked' FOR UPDATE
"""


async def claim(
    session: AsyncSession, worker: UUID, tasks: Mapping[str, int], *, most: int
) -> list[Claim]:
    """Takes up to ``most`` jobs that are due. ``tasks`` names those that the worker knows.

    The number with each task is how many of it may run over all workers; 0 is any number.
    """
    from pgqueuer.domain.types import QueueEntrypoint, QueueManagerId
    from pgqueuer.ports.repository import EntrypointExecutionParameter

    entrypoints = {
        QueueEntrypoint(name): EntrypointExecutionParameter(concurrency_limit=limit)
        for name, limit in tasks.items()
    }
    try:
        taken = await queries(await connection_of(session)).dequeue(
            batch_size=most,
            entrypoints=entrypoints,
            queue_manager_id=QueueManagerId(worker),
            global_concurrency_limit=None,
            heartbeat_timeout=_LONG_AGO,
        )
    except DBAPIError as error:
        if sqlstate_of(error) not in _OTHERS_WERE_FASTER:
            raise
        await session.rollback()
        return []
    return [Claim.of(job.model_dump(), worker) for job in taken]


async def claim_next(
    session: AsyncSession, worker: UUID, tasks: Collection[str], *, delayed: bool
) -> Claim | None:
    """Takes the next job; with ``delayed`` also one that is not due. For tests.

    In a transaction the clock stands still, and a job enqueued in the same one is due only by this
    statement's comparison.
    """
    rows = await fetch(session, _CLAIM_NEXT, worker, list(tasks), delayed)
    return Claim.of(rows[0], worker) if rows else None


async def beat(session: AsyncSession, worker: UUID, jobs: Sequence[int]) -> set[int]:
    """Gives a sign of life for ``jobs``; those that are the worker's still."""
    return {row["id"] for row in await fetch(session, _BEAT, list(jobs), worker)}


async def reclaim(
    session: AsyncSession, tasks: Collection[str], lease: timedelta
) -> Sequence[dict[str, Any]]:
    """Puts jobs back whose worker has been silent for longer than ``lease``."""
    return await fetch(session, _RECLAIM, lease, list(tasks), MOST_LOSSES)


async def hold(session: AsyncSession, job: Claim) -> bool:
    """Keeps the job from everybody else until the transaction ends. ``False``: it is lost."""
    return bool(await fetch(session, _HOLD, job.job_id, job.worker))


async def end(session: AsyncSession, job: Claim) -> bool:
    """Notes that the job has succeeded. ``False``: it is lost, or this was noted already."""
    return bool(await fetch(session, _END, job.job_id, job.worker))


async def fail(session: AsyncSession, job: Claim, error: str) -> bool:
    """Notes that the job has failed for good; ``error`` is JSON. It stays to be looked at."""
    await wake(session)  # a task with a limit has room for another
    return bool(await fetch(session, _FAIL, job.job_id, job.worker, error))


async def retry(session: AsyncSession, job: Claim, error: str, pause: timedelta) -> bool:
    """Notes a failure after which the job is tried again, ``pause`` later."""
    await wake(session)  # likewise
    return bool(await fetch(session, _RETRY, job.job_id, job.worker, error, pause))


async def give_back(session: AsyncSession, worker: UUID) -> None:
    """Puts back what the worker has, as if it had not been taken, for others to take at once."""
    if await fetch(session, _GIVE_BACK, worker):
        await wake(session)


async def until_next(session: AsyncSession, tasks: Mapping[str, int]) -> float:
    """The seconds until it is worth looking for jobs again; endless where none waits.

    Jobs that are due and were not taken are locked for a moment, or have become due just now. Those
    of a task with a limit may wait for others to end, which is heard.
    """
    limited = [name for name, limit in tasks.items() if limit]
    (row,) = await fetch(session, _UNTIL_NEXT, list(tasks), limited)
    return math.inf if row["seconds"] is None else max(row["seconds"], _SOON_SECONDS)

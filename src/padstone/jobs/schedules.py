"""Tasks that run by the clock, once over all workers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from padstone.jobs.cron import Cron
from padstone.jobs.driver import execute, fetch
from padstone.jobs.task import Task

__all__ = ["Schedule", "enqueue_due", "register", "until_next"]

_NOW = "SELECT now() AS now"

_REGISTER = """
INSERT INTO pgqueuer.pgqueuer_schedules (expression, entrypoint, next_run) VALUES ($1, $2, $3)
ON CONFLICT (expression, entrypoint) DO NOTHING
"""

# Whoever has the row enqueues the job and moves the time in one transaction; the others pass by.
_DUE = """
SELECT id, now() AS now FROM pgqueuer.pgqueuer_schedules
WHERE expression = $1 AND entrypoint = $2 AND next_run <= now() FOR UPDATE SKIP LOCKED
"""

_MOVE = """
UPDATE pgqueuer.pgqueuer_schedules SET next_run = $2, last_run = now(), updated = now()
WHERE id = $1
"""


_NEXT = """
SELECT extract(epoch FROM min(next_run) - clock_timestamp())::float8 AS seconds
FROM pgqueuer.pgqueuer_schedules
WHERE (expression, entrypoint) IN (SELECT * FROM unnest($1::text[], $2::text[]))
"""


@dataclass(frozen=True, slots=True)
class Schedule:
    """A task, and when it runs, in UTC."""

    cron: Cron
    task: Task[[]]


async def register(session: AsyncSession, schedules: Sequence[Schedule]) -> None:
    """Makes the schedules known to the database, which keeps what it knows of them already."""
    (row,) = await fetch(session, _NOW)
    for schedule in schedules:
        due = schedule.cron.after(row["now"])
        await execute(session, _REGISTER, schedule.cron.text, schedule.task.name, due)


async def enqueue_due(session: AsyncSession, schedules: Sequence[Schedule]) -> list[int]:
    """Enqueues what is due; the ids of the jobs.

    The database's clock counts: those of the workers' hosts differ, and a time that is computed by
    one and compared by another would come twice.
    """
    enqueued: list[int] = []
    for schedule in schedules:
        for row in await fetch(session, _DUE, schedule.cron.text, schedule.task.name):
            enqueued.append(await schedule.task.enqueue(session, unique="schedule"))
            await _move(session, row, schedule)
    return enqueued


async def until_next(session: AsyncSession, schedules: Sequence[Schedule]) -> float:
    """The seconds until the next one is due; less than 0 where one is."""
    crons = [schedule.cron.text for schedule in schedules]
    names = [schedule.task.name for schedule in schedules]
    (row,) = await fetch(session, _NEXT, crons, names)
    return float(row["seconds"] or 0.0)


async def _move(session: AsyncSession, row: dict[str, Any], schedule: Schedule) -> None:
    await execute(session, _MOVE, row["id"], schedule.cron.after(row["now"]))

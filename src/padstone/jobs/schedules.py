"""Tasks that run by the clock, once over all workers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from croniter import croniter  # type: ignore[import-untyped]  # it comes with pgqueuer
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.jobs.driver import execute, fetch
from padstone.jobs.task import Task

__all__ = ["Schedule", "enqueue_due", "register", "until_next"]

_FIELDS = 5

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
    """A task, and when it runs: a cron expression of five fields, in UTC."""

    cron: str
    task: Task[[]]

    def __post_init__(self) -> None:
        if len(self.cron.split()) != _FIELDS or not croniter.is_valid(self.cron):
            raise ValueError(
                f"{self.cron!r} is not a cron expression of five fields, such as '0 3 * * *' "
                "for 3 o'clock each night (UTC)."
            )

    def after(self, moment: datetime) -> datetime:
        """The first time after ``moment``, which is in UTC."""
        found: datetime = croniter(self.cron, moment).get_next(datetime)
        return found


async def register(session: AsyncSession, schedules: Sequence[Schedule]) -> None:
    """Makes the schedules known to the database, which keeps what it knows of them already."""
    (row,) = await fetch(session, _NOW)
    for schedule in schedules:
        due = schedule.after(row["now"])
        await execute(session, _REGISTER, schedule.cron, schedule.task.name, due)


async def enqueue_due(session: AsyncSession, schedules: Sequence[Schedule]) -> list[int]:
    """Enqueues what is due; the ids of the jobs.

    The database's clock counts: those of the workers' hosts differ, and a time that is computed by
    one and compared by another would come twice.
    """
    enqueued: list[int] = []
    for schedule in schedules:
        for row in await fetch(session, _DUE, schedule.cron, schedule.task.name):
            enqueued.append(await schedule.task.enqueue(session, unique="schedule"))
            await _move(session, row, schedule)
    return enqueued


async def until_next(session: AsyncSession, schedules: Sequence[Schedule]) -> float:
    """The seconds until the next one is due; less than 0 where one is."""
    crons = [schedule.cron for schedule in schedules]
    names = [schedule.task.name for schedule in schedules]
    (row,) = await fetch(session, _NEXT, crons, names)
    return float(row["seconds"] or 0.0)


async def _move(session: AsyncSession, row: dict[str, Any], schedule: Schedule) -> None:
    await execute(session, _MOVE, row["id"], schedule.after(row["now"]))

"""What a worker does beside running jobs: enqueuing by the clock, and tidying up."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import structlog

from padstone.db import Database
from padstone.jobs import schedules, store
from padstone.jobs.patience import repeat

__all__ = ["keep_time", "sweep"]

_SWEEP_SECONDS = 3600.0

_log = structlog.get_logger("padstone.jobs")


async def keep_time(database: Database, plan: Sequence[schedules.Schedule], poll: float) -> None:
    """Enqueues what is due, until it is cancelled."""
    if not plan:
        return
    known = asyncio.Event()

    async def register() -> float:
        async with database.session() as session:
            await schedules.register(session, plan)
        known.set()
        return 0.0

    async def enqueue() -> float:
        async with database.session() as session:
            await schedules.enqueue_due(session, plan)
            wait = await schedules.until_next(session, plan)
        return min(max(wait, 0.01), poll)

    await repeat("making schedules known", register, until=known)
    await repeat("keeping time", enqueue)


async def sweep(database: Database, keep: timedelta) -> None:
    """Deletes what is older than ``keep``, every hour until it is cancelled."""

    async def once() -> float:
        async with database.session() as session:
            gone = await store.purge_jobs(session, older_than=keep)
        if gone:
            _log.info("old jobs deleted", failed=gone)
        return _SWEEP_SECONDS

    await repeat("deleting old jobs", once)

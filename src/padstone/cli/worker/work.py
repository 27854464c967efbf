"""A worker's life: the application opened as a server opens it, the jobs, a polite end."""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from padstone import migrations
from padstone.app import Application
from padstone.cli.worker.sign import Sign, sign_of
from padstone.db import Database
from padstone.errors import UnavailableError
from padstone.jobs import Jobs, Worker
from padstone.migrations import job_tables

__all__ = ["work"]

_LOOK_AGAIN_SECONDS = 1.0

_log = structlog.get_logger("padstone.worker")


async def work(app: Application, jobs: Jobs, on_working: Callable[[], None]) -> None:
    """Opens what the application opens and runs its jobs until a signal ends it.

    ``on_working`` is called when it begins. Raises what keeps the application from starting.
    """
    end = _End()
    try:
        async with app.router.lifespan_context(app) as state:
            await _until_migrated(state or {})
            await _run(jobs, state or {}, end, on_working)
    except asyncio.CancelledError:
        if not end.was_asked:
            raise


async def _run(
    jobs: Jobs, state: Mapping[str, Any], end: "_End", on_working: Callable[[], None]
) -> None:
    signs = _Signs(sign_of(state["settings"]))
    worker = Worker(jobs, state, sign=lambda: signs.give(worker.running))
    end.politely = worker.stop
    _log.info("working", tasks=len(jobs.tasks), concurrency=state["settings"].JOBS_CONCURRENCY)
    on_working()
    try:
        await worker.run()
    finally:
        signs.end()
    _log.info("stopped")


class _Signs:
    """Signs of life, which are of less use than the work: where none can be given, it goes on."""

    def __init__(self, sign: Sign) -> None:
        self._sign = sign
        self._has_said = False

    def give(self, running: int) -> None:
        try:
            self._sign.give(running)
        except OSError as error:
            if not self._has_said:
                self._has_said = True
                _log.warning(
                    "a health check will not see this worker: set JOBS_HEALTH_FILE to a file that "
                    "it may write",
                    file=str(self._sign.path),
                    error=error.strerror,
                )

    def end(self) -> None:
        with contextlib.suppress(OSError):
            self._sign.take_back()


class _End:
    """What a signal does: it ends the worker politely, or an application that still starts."""

    def __init__(self) -> None:
        self.was_asked = False
        self.politely: Callable[[], None] | None = None
        self._task = asyncio.current_task()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._ask)

    def _ask(self) -> None:
        self.was_asked = True
        if self.politely is not None:
            self.politely()
        elif self._task is not None:
            self._task.cancel()


async def _until_migrated(state: Mapping[str, Any]) -> None:
    """Waits until somebody has migrated the database. Raises where that has made no tables."""
    database: Database = state["database"]
    has_said = False
    while pending := await migrations.pending(database.engine, state["settings"]):
        if not has_said:
            _log.warning("waiting for `padstone db upgrade`", pending=len(pending))
            has_said = True
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
    async with database.engine.connect() as connection:
        if not await connection.run_sync(job_tables.installed):
            raise UnavailableError(
                "The database has no tables for jobs. "
                "Run: padstone db revision -m 'add jobs', and then: padstone db upgrade"
            )

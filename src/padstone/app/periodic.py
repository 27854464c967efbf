"""Small work that a running application repeats: sweeping, flushing, counting."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import structlog

from padstone.db import Database
from padstone.health import HealthMonitor

__all__ = ["Periodic", "repeat"]

_log = structlog.get_logger("padstone.periodic")


@dataclass(frozen=True, slots=True)
class Periodic:
    """``work`` is called with the application's state, ``every`` so many seconds.

    Every process runs it, so it must bear being run by several at once; what must happen once uses
    ``FOR UPDATE SKIP LOCKED`` or a lock of the database. A failure is logged, and the next turn
    comes as usual. While migrations wait, or the database is down, readiness says so, and failures
    are logged for those alone who debug.
    """

    name: str
    every: float
    work: Callable[[Mapping[str, Any]], Awaitable[object]]


async def repeat(task: Periodic, state: Mapping[str, Any]) -> None:
    """Runs ``task`` until cancelled."""
    while True:
        await asyncio.sleep(task.every)
        try:
            async with _unasked(state) as may:
                if may:
                    await task.work(state)
        except Exception as error:  # noqa: BLE001  # the next turn may succeed
            write = _log.debug if _lacks_tables(state) else _log.warning
            write("periodic work failed", task=task.name, error=type(error).__name__)


def _lacks_tables(state: Mapping[str, Any]) -> bool:
    health = state.get("health")
    known = health.results if isinstance(health, HealthMonitor) else {}
    return "migrations" in known and not known["migrations"].ok


def _unasked(state: Mapping[str, Any]) -> AbstractAsyncContextManager[bool]:
    database = state.get("database")
    return database.unasked() if isinstance(database, Database) else nullcontext(enter_result=True)

"""pgqueuer on a connection of SQLAlchemy's, and so inside whatever transaction is open on it."""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from padstone.db import ReadSession

if TYPE_CHECKING:
    from pgqueuer.adapters.persistence.qb import QueryQueueBuilder
    from pgqueuer.adapters.persistence.queries import Queries
    from pgqueuer.core.tm import TaskManager
    from pgqueuer.domain.settings import DBSettings
    from pgqueuer.ports.driver import NotifyCallback

__all__ = ["CHANNEL", "connection_of", "execute", "fetch", "prepare", "queries", "tell", "wake"]

CHANNEL = "ch_pgqueuer"
"""Where PostgreSQL tells workers of new jobs."""

# pgqueuer takes a third of a second to import, and starts a process by it. So whoever needs it
# imports it when it is needed, and an application without jobs never does.


@cache
def _names() -> "DBSettings":
    from pgqueuer.domain.settings import DBSettings, Durability

    # Each name is given, since pgqueuer would take it from variables such as CHANNEL or PREFIX.
    return DBSettings(
        prefix="",
        db_schema="pgqueuer",
        channel=CHANNEL,
        function="fn_pgqueuer_changed",
        statistics_table="pgqueuer_statistics",
        queue_status_type="pgqueuer_status",
        queue_table="pgqueuer",
        queue_table_log="pgqueuer_log",
        trigger="tg_pgqueuer_changed",
        schedules_table="pgqueuer_schedules",
        durability=Durability.durable,
    )


@cache
def _builder() -> "QueryQueueBuilder":
    from pgqueuer.adapters.persistence.qb import QueryQueueBuilder

    return QueryQueueBuilder(_names())  # it keeps the text of its longest statement


class _ConnectionDriver:
    """pgqueuer's view of a connection.

    It goes through ``exec_driver_sql``: work on the driver's own connection, before SQLAlchemy has
    begun a transaction there, would be committed at once and survive a rollback.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        result = await self._connection.exec_driver_sql(query, args)
        return [dict(row) for row in result.mappings()]

    async def execute(self, query: str, *args: object) -> str:
        await self._connection.exec_driver_sql(query, args)
        return ""

    async def notify(self, channel: str, payload: str) -> None:
        await self.fetch("SELECT pg_notify($1, $2)", channel, payload)

    async def add_listener(self, channel: str, callback: "NotifyCallback") -> None:
        raise NotImplementedError("A pooled connection hears nothing; see padstone.db.Listener.")

    @property
    def shutdown(self) -> asyncio.Event:
        return asyncio.Event()

    @property
    def tm(self) -> "TaskManager":
        from pgqueuer.core.tm import TaskManager

        return TaskManager()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """It has opened nothing."""


def prepare() -> None:
    """Imports what enqueuing needs, which blocks for a while: for a process's start."""
    from pgqueuer.adapters.persistence import queries

    _ = queries, _builder()


def queries(connection: AsyncConnection) -> "Queries":
    """The statements of pgqueuer, executed on ``connection``."""
    from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment, QuerySchedulerBuilder
    from pgqueuer.adapters.persistence.queries import Queries

    return Queries(
        _ConnectionDriver(connection),
        qbe=QueryBuilderEnvironment(_names()),
        qbq=_builder(),
        qbs=QuerySchedulerBuilder(_names()),
    )


async def connection_of(session: AsyncSession) -> AsyncConnection:
    """The connection on which ``session`` has its transaction.

    Raises ``TypeError`` for a session that only reads: what it sends is committed at once.
    """
    if isinstance(session, ReadSession):
        raise TypeError("A read session has no transaction for a job. Take SessionDep.")
    return await session.connection()


async def fetch(session: AsyncSession, query: str, *args: object) -> Sequence[dict[str, Any]]:
    """The rows of a statement of ours, with PostgreSQL's own ``$1`` for parameters."""
    return await _ConnectionDriver(await connection_of(session)).fetch(query, *args)


async def execute(session: AsyncSession, query: str, *args: object) -> None:
    """A statement of ours that gives no rows."""
    await _ConnectionDriver(await connection_of(session)).execute(query, *args)


async def wake(session: AsyncSession) -> None:
    """Has workers look for jobs once the transaction is committed.

    The tables' trigger does so for a new job, and not for one that waits again.
    """
    event = {
        "channel": CHANNEL,
        "operation": "update",
        "sent_at": datetime.now(UTC).isoformat(),
        "table": "pgqueuer",
        "type": "table_changed_event",
    }
    await execute(session, "SELECT pg_notify($1, $2)", CHANNEL, json.dumps(event))


async def tell(session: AsyncSession, job_ids: Sequence[int]) -> None:
    """Has workers stop these jobs once the transaction is committed."""
    from pgqueuer.domain.types import JobId

    told = [JobId(job_id) for job_id in job_ids]
    await queries(await connection_of(session)).notify_job_cancellation(told)

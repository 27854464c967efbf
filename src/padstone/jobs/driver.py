"""pgqueuer on a connection of SQLAlchemy's, and so inside whatever transaction is open on it."""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Self

from pgqueuer.adapters.persistence.qb import (
    QueryBuilderEnvironment,
    QueryQueueBuilder,
    QuerySchedulerBuilder,
)
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.core.tm import TaskManager
from pgqueuer.domain.settings import DBSettings, Durability
from pgqueuer.ports.driver import Driver, NotifyCallback
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from padstone.db import ReadSession

__all__ = ["CHANNEL", "connection_of", "execute", "fetch", "queries", "wake"]

CHANNEL = "ch_pgqueuer"
"""Where PostgreSQL tells workers of new jobs."""

# Each name is given, since pgqueuer would take it from variables such as CHANNEL or PREFIX.
_NAMES = DBSettings(
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
_BUILDER = QueryQueueBuilder(_NAMES)  # it keeps the text of its longest statement


class _ConnectionDriver(Driver):
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

    async def add_listener(self, channel: str, callback: NotifyCallback) -> None:
        raise NotImplementedError("A pooled connection hears nothing; see padstone.jobs.listener.")

    @property
    def shutdown(self) -> asyncio.Event:
        return asyncio.Event()

    @property
    def tm(self) -> TaskManager:
        return TaskManager()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """It has opened nothing."""


def queries(connection: AsyncConnection) -> Queries:
    """The statements of pgqueuer, executed on ``connection``."""
    return Queries(
        _ConnectionDriver(connection),
        qbe=QueryBuilderEnvironment(_NAMES),
        qbq=_BUILDER,
        qbs=QuerySchedulerBuilder(_NAMES),
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

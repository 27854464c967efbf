"""Single statements without a session: prepared once on each connection, and in autocommit.

Nothing of SQLAlchemy runs between asking and answer. Its pool gives the connection, so the number
of connections is the one that DATABASE_POOL_SIZE says.
"""

from collections.abc import Sequence
from typing import Any

from asyncpg.exceptions import (
    InvalidCachedStatementError,
    OutdatedSchemaCacheError,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.pool import ConnectionPoolEntry

from padstone.db.pool import FairPool

__all__ = ["fetch", "fetch_within"]

Row = Sequence[Any]

_STATEMENTS = "prepared"  # in the connection's own dictionary, which a new connection begins anew

# Both come before anything is executed: a migration has changed a table or a type.
_OUTDATED = (InvalidCachedStatementError, OutdatedSchemaCacheError)


async def fetch(
    pool: FairPool, sql: str, values: Sequence[Any], *, keep: bool = True
) -> Sequence[Row]:
    """The rows of ``sql``, whose parameters are ``$1``, ``$2``, …

    Raises the driver's errors and the pool's. A statement that a migration has made invalid is
    prepared anew, once. Without ``keep`` nothing is kept on the connection, which then may lead
    through a transaction pooler.
    """
    entry = await pool.take()
    try:
        return await (_execute(entry, sql, values) if keep else _pass(entry, sql, values))
    finally:
        pool.give(entry)


async def _execute(entry: ConnectionPoolEntry, sql: str, values: Sequence[Any]) -> Sequence[Row]:
    statements = entry.info.setdefault(_STATEMENTS, {})
    statement = statements.get(sql)
    if statement is not None:
        try:
            found: Sequence[Row] = await statement.fetch(*values)
        except _OUTDATED:
            statements.clear()
        else:
            return found
    driver: Any = entry.driver_connection
    # It gets a name: an unnamed statement would be parsed at each execution.
    statement = statements[sql] = await driver.prepare(sql)
    fetched: Sequence[Row] = await statement.fetch(*values)
    return fetched


async def _pass(entry: ConnectionPoolEntry, sql: str, values: Sequence[Any]) -> Sequence[Row]:
    driver: Any = entry.driver_connection
    # A transaction keeps preparing and executing on one connection of the pooler's.
    async with driver.transaction():
        fetched: Sequence[Row] = await driver.fetch(sql, *values)
        return fetched


async def fetch_within(
    connection: AsyncConnection, sql: str, values: Sequence[Any]
) -> Sequence[Row]:
    """The same inside the transaction of ``connection``, which a failure leaves as it was."""
    async with connection.begin_nested():
        result = await connection.exec_driver_sql(sql, tuple(values))
        return result.all() if result.returns_rows else []

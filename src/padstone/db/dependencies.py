"""Sessions as FastAPI dependencies."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import HTTPConnection

from padstone.db.database import Database
from padstone.db.sessions import ReadSession
from padstone.state import opened

__all__ = ["DatabaseDep", "ReadSessionDep", "SessionDep", "database_of"]


def database_of(connection: HTTPConnection) -> Database:
    """The application's database. ``UnavailableError`` where the application has not started."""
    return opened(connection, "database", Database)


async def _database(connection: HTTPConnection) -> Database:
    return database_of(connection)


async def _session(connection: HTTPConnection) -> AsyncIterator[AsyncSession]:
    async with database_of(connection).session() as session:
        yield session


async def _read_session(connection: HTTPConnection) -> AsyncIterator[ReadSession]:
    async with database_of(connection).read_session() as session:
        yield session


DatabaseDep = Annotated[Database, Depends(_database)]
"""The application's database, for a route that opens its sessions itself."""

# Function scope: the transaction is committed before the first byte of the response leaves, so
# that a commit which fails is an error and not a 200.
SessionDep = Annotated[AsyncSession, Depends(_session, scope="function")]
"""One transaction per request, committed before the response leaves."""

ReadSessionDep = Annotated[ReadSession, Depends(_read_session, scope="function")]
"""Reads only, without the round trips of a transaction."""

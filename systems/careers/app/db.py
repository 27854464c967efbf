"""The database outside and inside of requests. Importing this connects nothing.

Inside of a request ``get_db`` gives the application's own session: one transaction, committed
before the response leaves. Outside, in a script or at a prompt, engine and factory are made on
first use, since in development the embedded database has no address before it runs::

    async with session_factory() as session:
        users = await session.scalars(select(User))
    await close_db()

Pool sizes, time limits and the retry of a database that is not up yet are settings: DATABASE_….
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from app.core.config import Settings, settings
from padstone import migrations
from padstone.backing import Backing, attach
from padstone.db import Database, SessionDep

__all__ = ["close_db", "get_db", "get_engine", "init_db", "session_factory"]


async def get_db(session: SessionDep) -> AsyncSession:
    """The request's session, for ``Depends(get_db)``; the same one that ``SessionDep`` gives."""
    return session


async def init_db() -> None:
    """Brings the database to its newest schema. Doing it again changes nothing."""
    await asyncio.to_thread(migrations.upgrade, settings)


async def get_engine() -> AsyncEngine:
    """The engine, made on first use. ``UnavailableError`` where the database does not come up."""
    return (await _opened.get()).engine


@asynccontextmanager
async def session_factory() -> AsyncIterator[AsyncSession]:
    """A session with one transaction, committed when the block ends well."""
    async with (await _opened.get()).session() as session:
        yield session


async def close_db() -> None:
    """Closes every connection that was opened here; the next use opens them anew."""
    await _opened.close()


class _Opened:
    """The one database of this process outside of requests, from its first use on."""

    def __init__(self) -> None:
        self._backing: Backing[Settings] | None = None
        self._database: Database | None = None

    async def get(self) -> Database:
        if self._database is None:
            self._backing = await asyncio.to_thread(attach, settings)
            self._database = Database(self._backing.settings)
            await self._database.open()
        return self._database

    async def close(self) -> None:
        database, backing = self._database, self._backing
        self._database = self._backing = None
        if database is not None:
            await database.close()
        if backing is not None:
            await asyncio.to_thread(backing.release)


_opened = _Opened()

"""A database for as long as something runs: a lifespan, a script, a worker of one's own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from padstone import backing
from padstone.db.database import Database
from padstone.settings import DatabaseSettings

__all__ = ["open_database"]


@asynccontextmanager
async def open_database(settings: DatabaseSettings) -> AsyncIterator[Database]:
    """The database that ``settings`` name, opened; in development without a URL the embedded one.

    For an application that ``create_app`` has not made: its lifespan yields
    ``{"database": database}``, and the dependencies of this room find it there. It migrates
    nothing.
    Raises ``ServiceError`` and ``UnavailableError``.
    """
    attached = await asyncio.to_thread(backing.attach, settings)
    try:
        database = Database(attached.settings)
        try:
            await database.open()
            yield database
        finally:
            await database.close()
    finally:
        attached.release()

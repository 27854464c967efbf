"""The database of the current folder's system, opened for one piece of work."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from padstone.cli.failures import UsageError
from padstone.cli.output import progress
from padstone.errors import UnavailableError

if TYPE_CHECKING:
    from padstone.cli.system import System
    from padstone.db import Database
    from padstone.settings import DatabaseSettings

__all__ = ["database_settings", "on_database", "refuse_pending"]

T = TypeVar("T")


def database_settings(system: "System") -> "DatabaseSettings":
    """The system's settings. Raises ``UsageError`` where they name no database."""
    from padstone.settings import DatabaseSettings

    if not isinstance(system.settings, DatabaseSettings):
        raise UsageError(
            "This system has no database: its Settings do not inherit DatabaseSettings."
        )
    return system.settings


def on_database(system: "System", work: "Callable[[Database], Awaitable[T]]") -> T:
    """Runs ``work`` on the system's database, starting the embedded one where none is named.

    As with a server, the embedded database is brought to head first, and one that is given by URL
    must be there already: ``UnavailableError`` otherwise.
    """
    from padstone import backing, log, migrations

    settings = database_settings(system)
    log.configure(level="WARNING", form="console")
    with backing.attach(settings, progress=progress) as attached:
        if "database" in attached.embedded:
            migrations.upgrade(attached.settings, say=progress)
        return asyncio.run(_run(attached.settings, work))


async def _run(settings: "DatabaseSettings", work: "Callable[[Database], Awaitable[T]]") -> T:
    from padstone.db import Database

    database = Database(settings.model_copy(update={"DATABASE_POOL_MIN_SIZE": 0}))
    try:
        await database.open()
        await refuse_pending(database, settings)
        return await work(database)
    finally:
        await database.close()


async def refuse_pending(database: "Database", settings: "DatabaseSettings") -> None:
    """Raises ``UnavailableError`` where the database is not at head."""
    from padstone import migrations

    if pending := await migrations.pending(database.engine, settings):
        lacking = "1 migration" if len(pending) == 1 else f"{len(pending)} migrations"
        raise UnavailableError(f"The database lacks {lacking}. Run: padstone db upgrade")

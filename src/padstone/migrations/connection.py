"""A database to migrate: attached, patient, and with one migrator at a time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TypeVar

from sqlalchemy import func, select, text

from padstone import backing
from padstone.db import Database
from padstone.settings import DatabaseSettings

__all__ = ["Say", "turn", "with_database"]

T = TypeVar("T")
Say = Callable[[str], None]

_KEY = int.from_bytes(b"padstone")
_POLL_SECONDS = 0.1
_A_DAY = 86_400.0


def with_database(settings: DatabaseSettings, work: Callable[[Database], Awaitable[T]]) -> T:
    """Runs ``work`` on the database that ``settings`` mean, the embedded one where none is named.

    It blocks, and may be called while an event loop runs in this thread: the work then has a
    thread of its own.
    """

    async def run(complete: DatabaseSettings) -> T:
        database = Database(_patient(complete))
        try:
            await database.open()
            return await work(database)
        finally:
            await database.close()

    with backing.attach(settings) as attached:
        if not _in_a_loop():
            return asyncio.run(run(attached.settings))
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(lambda: asyncio.run(run(attached.settings))).result()


def _in_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _patient(settings: DatabaseSettings) -> DatabaseSettings:
    # The limits are those of requests. A migration may work for long; what it must not do is wait
    # for locks, and it limits that itself.
    return settings.model_copy(
        update={
            "DATABASE_URL": settings.DATABASE_DIRECT_URL or settings.DATABASE_URL,
            "DATABASE_POOL_MIN_SIZE": 0,
            "DATABASE_POOL_SIZE": 2,
            "DATABASE_COMMAND_TIMEOUT_SECONDS": _A_DAY,
            "DATABASE_STATEMENT_TIMEOUT_MS": 0,
            "DATABASE_LOCK_TIMEOUT_MS": 0,
            "DATABASE_IDLE_IN_TRANSACTION_TIMEOUT_MS": 0,
        }
    )


@asynccontextmanager
async def turn(database: Database, say: Say) -> AsyncIterator[None]:
    """Waits until no other process migrates this database, and keeps the others out.

    An advisory lock, which PostgreSQL gives up however its holder dies. It belongs to a transaction
    on a connection of its own: behind a transaction pooler a session's lock would stay with a
    connection that others use.

    Neither who waits nor who leads may keep a snapshot meanwhile, since CREATE INDEX CONCURRENTLY
    waits for those who do.
    """
    has_said = False
    async with database.engine.connect() as connection:
        while not await connection.scalar(select(func.pg_try_advisory_xact_lock(_KEY))):
            # Asking again and again: a statement that waits for the lock has a snapshot.
            await connection.rollback()
            if not has_said:
                say("another process is migrating this database; waiting for it")
                has_said = True
            await asyncio.sleep(_POLL_SECONDS)
        # The driver's portal keeps the snapshot of a SELECT until the next statement takes its
        # place; this one has none.
        await connection.execute(text("SAVEPOINT has_turn"))
        yield

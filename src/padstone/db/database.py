"""The database as the rest of an application sees it."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from padstone.db.engine import create_engine, create_probe
from padstone.db.failures import is_retryable, is_transient
from padstone.db.pool import FairPool
from padstone.db.prepared import fetch, fetch_within
from padstone.db.sessions import ReadSession, WriteSession
from padstone.db.starting import address_of, explain_failure
from padstone.db.turns import Turns
from padstone.errors import UnavailableError
from padstone.settings import DatabaseSettings

__all__ = ["Database"]

T = TypeVar("T")


class Database:
    """Engine, pool and sessions for one database.

    Building it connects nothing; ``open`` waits for the database, and ``close`` gives everything
    back.
    """

    def __init__(self, settings: DatabaseSettings) -> None:
        self._settings = settings
        self._engine = create_engine(settings)
        self._reading = self._engine
        if settings.DATABASE_PREPARED_STATEMENTS:
            # The same pool; a session over it sends no BEGIN and no ROLLBACK. Behind a transaction
            # pooler a transaction is what keeps preparing and executing on one connection.
            self._reading = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        self._probe = create_probe(settings)
        self._pinned: AsyncConnection | None = None
        self._unasked = 0
        self._unasked_ended = asyncio.Event()
        self._turns = Turns()

    @property
    def settings(self) -> DatabaseSettings:
        """What it was built with, for what needs a connection beside the pool."""
        return self._settings

    @property
    def engine(self) -> AsyncEngine:
        """SQLAlchemy's engine, for whoever needs what sessions do not offer."""
        return self._engine

    @property
    def _pool(self) -> FairPool:
        pool = self._engine.sync_engine.pool
        assert isinstance(pool, FairPool)  # noqa: S101  # create_engine says so
        return pool

    @property
    def pinned_connection(self) -> AsyncConnection | None:
        """For tests: the connection that every session shares, where there is one."""
        return self._pinned

    async def open(self) -> None:
        """Waits until the database answers, then opens the pool's first connections.

        Raises ``UnavailableError`` after DATABASE_STARTUP_TIMEOUT_SECONDS, or at once where waiting
        cannot help (a refused password, a missing database). With a time limit of 0 it waits for
        nothing.
        """
        limit = self._settings.DATABASE_STARTUP_TIMEOUT_SECONDS
        if limit == 0:
            return
        deadline = time.monotonic() + limit
        pause = 0.1
        while True:
            try:
                await self.check()
                break
            except Exception as error:
                if not is_transient(error) or time.monotonic() + pause > deadline:
                    raise UnavailableError(explain_failure(error, self._settings)) from error
                structlog.get_logger().warning(
                    "database is not up yet",
                    address=address_of(self._settings),
                    retry_in_seconds=pause,
                )
            await asyncio.sleep(pause)
            pause = min(pause * 2, 2.0)
        await self._warm_up()

    async def close(self) -> None:
        """Closes every connection that is not in use, and the others when they come back."""
        await self._probe.dispose()
        await self._engine.dispose()

    async def check(self) -> None:
        """Asks the database for an answer, on a connection beside the pool."""
        async with self._probe.connect() as connection:
            await connection.execute(text("SELECT 1"))

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed when the block ends well, undone when it does not."""
        async with self._bind(self._engine) as options, WriteSession(**options) as session:
            yield session
            await session.commit()

    @asynccontextmanager
    async def read_session(self) -> AsyncIterator[ReadSession]:
        """Reads without the round trips of a transaction. It refuses to write."""
        async with self._bind(self._reading) as options, ReadSession(**options) as session:
            yield session
            # Nothing is written here: what waits to be written is refused, and not forgotten.
            if session.new or session.dirty or session.deleted:
                await session.flush()

    async def run(
        self,
        work: Callable[[AsyncSession], Awaitable[T]],
        *,
        attempts: int = 5,
        isolation_level: str | None = None,
    ) -> T:
        """Runs ``work`` in a transaction of its own, again where PostgreSQL undid it.

        Serialization failures and deadlocks are repeated up to ``attempts`` times, with a growing
        random pause. ``work`` is called anew each time and must have no effect outside its session.
        ``isolation_level`` is PostgreSQL's name, such as "SERIALIZABLE"; a test that shares one
        connection keeps that connection's.
        """
        for attempt in range(1, attempts + 1):
            try:
                async with self.session() as session:
                    if isolation_level is not None and self._pinned is None:
                        await session.connection(
                            execution_options={"isolation_level": isolation_level}
                        )
                    return await work(session)
            except Exception as error:
                if attempt == attempts or not is_retryable(error):
                    raise
            # Random, so that those who collided do not collide again.
            await asyncio.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311
        raise AssertionError("unreachable")

    async def fetch(self, sql: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """The rows of one statement in the driver's form, without a session and in autocommit.

        It is prepared once on each connection of the pool, unless DATABASE_PREPARED_STATEMENTS is
        off. Raises the driver's errors.
        """
        if self._pinned is None:
            keep = self._settings.DATABASE_PREPARED_STATEMENTS
            return await fetch(self._pool, sql, values, keep=keep)
        async with self._turns.take():
            return await fetch_within(self._pinned, sql, values)

    def pool_status(self) -> dict[str, int]:
        """How many connections are in use, idle in the pool, and allowed."""
        pool = self._pool
        return {"in_use": pool.checkedout(), "idle": pool.checkedin(), "size": pool.size()}

    @asynccontextmanager
    async def pinned(self, connection: AsyncConnection) -> AsyncIterator[None]:
        """For tests: every session uses ``connection`` inside its transaction, as a savepoint.

        Sessions take turns, since savepoints of one connection must nest. It waits for the end of
        ``unasked`` work, which would go on in there.
        """
        while self._unasked:
            self._unasked_ended.clear()
            await self._unasked_ended.wait()
        self._pinned = connection
        try:
            yield
        finally:
            self._pinned = None

    @asynccontextmanager
    async def unasked(self) -> AsyncIterator[bool]:
        """Around work that no request asks for: whether its time has come.

        It has not while a connection is pinned, since a test's transaction is its own affair.
        """
        if self._pinned is not None:
            yield False
            return
        self._unasked += 1
        try:
            yield True
        finally:
            self._unasked -= 1
            self._unasked_ended.set()

    @asynccontextmanager
    async def _bind(self, engine: AsyncEngine) -> AsyncIterator[dict[str, Any]]:
        options: dict[str, Any] = {
            "bind": engine,
            "expire_on_commit": False,  # an expired attribute would query again, unasked
            "close_resets_only": False,  # a closed session stays closed
        }
        if self._pinned is None:
            yield options
            return
        options |= {"bind": self._pinned, "join_transaction_mode": "create_savepoint"}
        async with self._turns.take():
            yield options

    async def _warm_up(self) -> None:
        count = self._settings.DATABASE_POOL_MIN_SIZE
        opened = await asyncio.gather(
            *(self._reading.connect() for _ in range(count)), return_exceptions=True
        )
        for connection in opened:
            if isinstance(connection, AsyncConnection):
                await connection.close()

"""The database as the rest of an application sees it."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any, TypeVar
from urllib.parse import urlsplit

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession
from sqlalchemy.pool import QueuePool

from padstone.db.engine import create_engine
from padstone.db.failures import is_retryable, is_transient, sqlstate_of
from padstone.db.sessions import ReadSession, WriteSession
from padstone.errors import UnavailableError
from padstone.settings import DatabaseSettings

__all__ = ["Database"]

T = TypeVar("T")

_inside_pinned: ContextVar[bool] = ContextVar("padstone_inside_pinned", default=False)


class Database:
    """Engine, pool and sessions for one database.

    Building it connects nothing; ``open`` waits for the database, and ``close`` gives everything
    back.
    """

    def __init__(self, settings: DatabaseSettings) -> None:
        self._settings = settings
        self._engine = create_engine(settings)
        # The same pool; a session over it sends no BEGIN and no ROLLBACK.
        self._autocommit = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        self._pinned: AsyncConnection | None = None
        self._pinned_turn = asyncio.Lock()

    @property
    def engine(self) -> AsyncEngine:
        """SQLAlchemy's engine, for whoever needs what sessions do not offer."""
        return self._engine

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
                    raise UnavailableError(self._explain(error, limit)) from error
                structlog.get_logger().warning(
                    "database is not up yet", address=self._address, retry_in_seconds=pause
                )
            await asyncio.sleep(pause)
            pause = min(pause * 2, 2.0)
        await self._warm_up()

    async def close(self) -> None:
        """Closes every connection that is not in use, and the others when they come back."""
        await self._engine.dispose()

    async def check(self) -> None:
        """Asks the database for an answer, on a connection of the pool."""
        async with self._autocommit.connect() as connection:
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
        async with self._bind(self._autocommit) as options, ReadSession(**options) as session:
            yield session

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
        """
        for attempt in range(1, attempts + 1):
            try:
                async with self.session() as session:
                    if isolation_level is not None:
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

    def pool_status(self) -> dict[str, int]:
        """How many connections are in use, idle in the pool, and allowed."""
        pool = self._engine.sync_engine.pool
        if not isinstance(pool, QueuePool):
            return {}
        return {"in_use": pool.checkedout(), "idle": pool.checkedin(), "size": pool.size()}

    @asynccontextmanager
    async def pinned(self, connection: AsyncConnection) -> AsyncIterator[None]:
        """For tests: every session uses ``connection`` inside its transaction, as a savepoint.

        Sessions take turns, since savepoints of one connection must nest.
        """
        self._pinned = connection
        try:
            yield
        finally:
            self._pinned = None

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
        if _inside_pinned.get():
            yield options
            return
        async with self._pinned_turn:
            _inside_pinned.set(True)
            try:
                yield options
            finally:
                _inside_pinned.set(False)

    async def _warm_up(self) -> None:
        count = self._settings.DATABASE_POOL_MIN_SIZE
        opened = await asyncio.gather(
            *(self._autocommit.connect() for _ in range(count)), return_exceptions=True
        )
        for connection in opened:
            if isinstance(connection, AsyncConnection):
                await connection.close()

    @property
    def _address(self) -> str:
        return urlsplit(self._settings.DATABASE_URL or "").netloc.rpartition("@")[2]

    def _explain(self, error: BaseException, limit: float) -> str:
        state = sqlstate_of(error)
        url = urlsplit(self._settings.DATABASE_URL or "")
        if state in {"28P01", "28000"}:
            return (
                f"PostgreSQL at {self._address} refused user {url.username!r}. "
                "Check the user and the password in DATABASE_URL."
            )
        if state == "3D000":
            return (
                f"PostgreSQL at {self._address} has no database {url.path.strip('/')!r}. "
                "Create it, or correct the name in DATABASE_URL."
            )
        return (
            f"PostgreSQL at {self._address} did not answer within {limit:g} s "
            f"({type(error).__name__}). Check that it runs and that DATABASE_URL is right."
        )

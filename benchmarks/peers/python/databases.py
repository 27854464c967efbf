"""The two ways in which the raw peers reach PostgreSQL, each with ``rows(sql, *arguments)``."""

import asyncio
import itertools
import os
from collections import deque
from typing import Any

import asyncpg

_URL = os.environ["DATABASE_URL"]
_SIZE = int(os.environ["POOL_SIZE"])


class AsyncpgPool:
    """asyncpg's own pool, as its documentation shows it."""

    async def open(self) -> None:
        self._pool = await asyncpg.create_pool(_URL, min_size=_SIZE, max_size=_SIZE)

    async def close(self) -> None:
        await self._pool.close()

    async def rows(self, sql: str, *arguments: Any) -> list[Any]:
        return await self._pool.fetch(sql, *arguments)


class OwnPool:
    """As little as can be between a request and PostgreSQL.

    Named prepared statements, asyncpg's private fast call, the oldest waiter first, nothing reset.
    No time-outs, no reconnecting: this is the limit, and nothing for production.
    """

    async def open(self) -> None:
        self._names = itertools.count()
        self._waiting: deque[asyncio.Future[Any]] = deque()
        self._free = [(await asyncpg.connect(_URL), {}) for _ in range(_SIZE)]

    async def close(self) -> None:
        for connection, _ in self._free:
            await connection.close()

    async def rows(self, sql: str, *arguments: Any) -> list[Any]:
        taken = self._free.pop() if self._free else await self._wait()
        try:
            connection, statements = taken
            statement = statements.get(sql)
            if statement is None:
                statement = await connection.prepare(sql, name=f"own_{next(self._names)}")
                statements[sql] = statement
            return await connection._protocol.bind_execute(
                statement._state,
                arguments,
                "",
                0,
                False,  # noqa: FBT003
                None,
            )
        finally:
            self._give(taken)

    async def _wait(self) -> Any:
        future = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        return await future

    def _give(self, taken: Any) -> None:
        while self._waiting:
            future = self._waiting.popleft()
            if not future.done():
                future.set_result(taken)
                return
        self._free.append(taken)

"""One pool for both lanes: sessions take connections from it, and so do prepared statements.

Whoever waits longest is served first: a connection that comes back is handed to them, and nobody
who comes later can take it before.
"""

import asyncio
import time
from collections import deque
from typing import Any

from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry
from sqlalchemy.util import await_only, greenlet_spawn
from sqlalchemy.util.queue import Empty, QueueCommon

__all__ = ["FairPool"]


class _FairQueue(QueueCommon[ConnectionPoolEntry]):
    """Idle connections, the one that was used last on top, or those who wait for one: never both.

    It is what SQLAlchemy's pool keeps its idle connections in.
    """

    def __init__(self, maxsize: int = 0, use_lifo: bool = True) -> None:  # noqa: FBT001, FBT002  # theirs
        self.maxsize = maxsize
        self.use_lifo = use_lifo
        self._idle: deque[ConnectionPoolEntry] = deque()
        self._waiting: deque[asyncio.Future[ConnectionPoolEntry]] = deque()

    def empty(self) -> bool:
        return not self._idle

    def full(self) -> bool:
        return len(self._idle) >= self.maxsize

    def qsize(self) -> int:
        return len(self._idle)

    def put_nowait(self, item: ConnectionPoolEntry) -> None:
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(item)
                return
        self._idle.append(item)

    def put(
        self,
        item: ConnectionPoolEntry,
        block: bool = True,  # noqa: ARG002, FBT001, FBT002  # theirs
        timeout: float | None = None,  # noqa: ARG002
    ) -> None:
        self.put_nowait(item)

    def get_nowait(self) -> ConnectionPoolEntry:
        if not self._idle:
            raise Empty
        return self._idle.pop() if self.use_lifo else self._idle.popleft()

    def get(self, block: bool = True, timeout: float | None = None) -> ConnectionPoolEntry:  # noqa: FBT001, FBT002
        """Within SQLAlchemy's greenlets only. Raises ``Empty`` after ``timeout`` seconds."""
        if self._idle or not block:
            return self.get_nowait()
        found: ConnectionPoolEntry = await_only(self.wait(timeout))
        return found

    async def wait(self, timeout: float | None) -> ConnectionPoolEntry:  # noqa: ASYNC109
        """The next connection that comes back, after those who wait already."""
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[ConnectionPoolEntry] = loop.create_future()
        self._waiting.append(waiter)
        alarm = None if timeout is None else loop.call_later(timeout, _give_up, waiter)
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                self.put_nowait(waiter.result())  # it was handed over in the same moment
            raise
        finally:
            if alarm is not None:
                alarm.cancel()


def _give_up(waiter: asyncio.Future[ConnectionPoolEntry]) -> None:
    if not waiter.done():
        waiter.set_exception(Empty())


class FairPool(AsyncAdaptedQueuePool):
    """SQLAlchemy's pool with that queue, and a way to its connections that needs no session."""

    _queue_class = _FairQueue
    _pool: _FairQueue

    async def take(self) -> ConnectionPoolEntry:
        """A connection that is open. ``sqlalchemy.exc.TimeoutError`` where all stay busy.

        Raises what connecting raises. The caller gives it back.
        """
        queue = self._pool
        if not queue.empty():
            entry = queue.get_nowait()
        elif self._overflow < self._max_overflow or self._max_overflow < 0:
            entry = await greenlet_spawn(self._do_get)  # which opens one
        else:
            entry = await self._handed_over()
        if self._is_good(entry):
            return entry
        try:
            if entry.dbapi_connection is not None:
                entry.invalidate()
            await greenlet_spawn(entry.get_connection)  # type: ignore[attr-defined]  # it opens one
        except BaseException:
            self.give(entry)
            raise
        return entry

    async def _handed_over(self) -> ConnectionPoolEntry:
        try:
            return await self._pool.wait(self._timeout)
        except Empty:
            raise PoolTimeoutError(
                f"all {self._max_overflow + self.size()} connections stayed busy for"
                f" {self._timeout:g} s"
            ) from None

    def give(self, entry: ConnectionPoolEntry) -> None:
        """Takes it back; a connection in an unknown state is closed, and replaced when needed."""
        driver = _driver_of(entry)
        if driver is not None and driver.is_in_transaction() and not driver.is_closed():
            entry.invalidate()
        self._pool.put_nowait(entry)

    def _is_good(self, entry: Any) -> bool:
        driver = _driver_of(entry)
        if driver is None or driver.is_closed():
            return False
        if self._recycle > -1 and time.time() - entry.starttime > self._recycle:
            return False
        return bool(entry.starttime > max(self._invalidate_time, entry._soft_invalidate_time))  # noqa: SLF001  # as SQLAlchemy itself compares


def _driver_of(entry: ConnectionPoolEntry) -> Any:
    """The driver's own connection, by a shorter way than the entry's."""
    connection: Any = entry.dbapi_connection
    return None if connection is None else connection.driver_connection

"""The threads in which a synchronous client runs, and how many may use it at a time."""

import asyncio
import concurrent.futures
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

import structlog

from padstone.storage.failures import StorageUnavailableError, translate

__all__ = ["Calls", "Slot"]

T = TypeVar("T")
Work = concurrent.futures.Future[T]

MAX_WAIT_SECONDS = 0.5


class Calls:
    """Threads of their own, so that a storage that hangs keeps no other work waiting.

    A *slot* is the right to one call, or one download, at a time. Whoever finds all slots taken
    waits half a second and is then refused, so that no queue grows while the storage hangs.
    """

    def __init__(self, size: int) -> None:
        self._threads = concurrent.futures.ThreadPoolExecutor(size, thread_name_prefix="storage")
        self._free = asyncio.Semaphore(size)

    async def run(self, job: Callable[[], T]) -> T:
        """The result of ``job``, run in a thread, its failures translated."""
        async with self.slot() as slot:
            return await slot.run(job)

    @asynccontextmanager
    async def slot(self) -> AsyncIterator["Slot"]:
        """A slot, held until the block ends and its last job has."""
        try:
            async with asyncio.timeout(MAX_WAIT_SECONDS):
                await self._free.acquire()
        except TimeoutError:
            raise StorageUnavailableError("All storage connections are busy.") from None
        slot = Slot(self)
        try:
            yield slot
        finally:
            slot.give_back(self._free)

    async def run_beside(self, job: Callable[[], T]) -> T:
        """Runs ``job`` without a slot: for a health check, which must not wait for downloads."""
        return await _outcome(self.submit(job))

    def submit(self, job: Callable[[], T]) -> "Work[T]":
        """Has ``job`` run in a thread when one is free, whoever may be waiting for it."""
        return self._threads.submit(job)

    def tidy_up(self, job: Callable[[], object]) -> None:
        """Runs ``job`` some time soon; its failure is logged and troubles nobody."""
        # After `close` the connections are closed anyway.
        with suppress(RuntimeError):
            self.submit(job).add_done_callback(_log_failure)

    async def close(self) -> None:
        """Waits for what still runs, which the client's time limits bound."""
        await asyncio.to_thread(self._threads.shutdown)


class Slot:
    """The right to run one job at a time."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._last: Work[Any] | None = None

    async def run(self, job: Callable[[], T]) -> T:
        """The result of ``job``, run in a thread, its failures translated."""
        work = self._calls.submit(job)
        self._last = work
        return await _outcome(work)

    def give_back(self, free: asyncio.Semaphore) -> None:
        """Frees the slot, at once or, where the caller left before its job's end, after that."""
        loop = asyncio.get_running_loop()
        if self._last is None or self._last.done():
            free.release()
        else:
            self._last.add_done_callback(lambda _: loop.call_soon_threadsafe(free.release))


async def _outcome(work: "Work[T]") -> T:
    try:
        return await asyncio.wrap_future(work)
    except Exception as error:
        known = translate(error)
        if known is None:
            raise
        raise known from error


def _log_failure(work: "Work[object]") -> None:
    if not work.cancelled() and (error := work.exception()) is not None:
        structlog.get_logger().warning("storage left untidy", error=type(error).__name__)

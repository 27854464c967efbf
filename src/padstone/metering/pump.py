"""Reading an answer to its end, whether or not anybody listens."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass

import structlog

from padstone.errors import PadstoneError
from padstone.metering.errors import CallEndedError
from padstone.metering.tally import Tally
from padstone.providers import ChatChunk, Usage

__all__ = ["Bounds", "Pump"]

_log = structlog.get_logger("padstone.metering")


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far a pump goes for its reader.

    ``buffer`` chunks wait for the reader. One that takes none for ``stall`` seconds is gone. An
    answer nobody reads is read for ``linger`` seconds at most; then an estimate is paid.
    """

    buffer: int = 256
    stall: float = 30.0
    linger: float = 300.0


class Pump:
    """One answer, on its way from the provider to a reader who may leave.

    The task that reads it belongs to nobody's request: it reads to the end, since only there the
    provider says what it counted, and then calls ``settle`` once.
    """

    def __init__(
        self,
        chunks: AsyncGenerator[ChatChunk],
        tally: Tally,
        settle: Callable[[Usage], Awaitable[None]],
        bounds: Bounds,
    ) -> None:
        self._chunks = chunks
        self._tally = tally
        self._settle = settle
        self._bounds = bounds
        self._waiting: deque[ChatChunk] = deque()
        self._moved = asyncio.Event()  # something came, was taken, or ended
        self._has_reader = True
        self._is_over = False
        self._failure: PadstoneError | None = None
        self._ends_at: float | None = None
        self._clock: asyncio.Timeout | None = None  # while it reads
        self.task = asyncio.create_task(self._run())

    @property
    def usage(self) -> Usage:
        """What the call has used so far."""
        return self._tally.usage

    async def read(self) -> AsyncGenerator[ChatChunk]:
        """The chunks as they come; its end comes after the call is settled.

        Raises what the provider's stream raises, and ``CallEndedError``. It is for one reader, who
        closes it (``contextlib.aclosing``) or is found to be gone.
        """
        try:
            while True:
                while self._waiting:
                    chunk = self._waiting.popleft()
                    self._moved.set()
                    yield chunk
                if self._is_over:
                    break
                self._moved.clear()
                await self._moved.wait()
        finally:
            self.leave()
        if self._failure is not None:
            raise self._failure

    def leave(self) -> None:
        """Nobody reads any longer. Idempotent."""
        if self._has_reader:
            self._has_reader = False
            self._waiting.clear()
            self._moved.set()
            self.end_within(self._bounds.linger)

    def end_within(self, seconds: float) -> None:
        """Reading stops after so many seconds, if it has not by then, and what passed is paid."""
        ends_at = asyncio.get_running_loop().time() + seconds
        if self._ends_at is None or ends_at < self._ends_at:
            self._ends_at = ends_at
            if self._clock is not None and not self._clock.expired():
                self._clock.reschedule(ends_at)

    async def _run(self) -> None:
        await self._read_all()
        try:
            await self._settle(self._tally.usage)
        finally:
            self._is_over = True
            self._moved.set()

    async def _read_all(self) -> None:
        try:
            async with asyncio.timeout_at(self._ends_at) as self._clock, aclosing(self._chunks):
                async for chunk in self._chunks:
                    self._tally.follow(chunk)
                    await self._hand_over(chunk)
        except PadstoneError as error:
            self._failure = error
        except (TimeoutError, asyncio.CancelledError):
            self._failure = CallEndedError()
        except Exception as error:  # noqa: BLE001  # what was used is paid, whatever went wrong
            _log.error("answer broke off", exc_info=error)
            self._failure = CallEndedError()
        finally:
            self._clock = None

    async def _hand_over(self, chunk: ChatChunk) -> None:
        if not self._has_reader:
            return
        while len(self._waiting) >= self._bounds.buffer:
            self._moved.clear()
            try:
                async with asyncio.timeout(self._bounds.stall):
                    await self._moved.wait()
            except TimeoutError:
                self._failure = CallEndedError()
                self.leave()
        if self._has_reader:
            self._waiting.append(chunk)
            self._moved.set()

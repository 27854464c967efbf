"""The meter at work: the answers of this process, and their books."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.db import Database
from padstone.metering.errors import TooManyCallsError
from padstone.metering.meter import Meter, Reservation
from padstone.metering.price import Price
from padstone.metering.pump import Pump
from padstone.metering.tally import Tally
from padstone.providers import ChatChunk, Usage

__all__ = ["OpenedMeter"]

_LAST_SECONDS = 1.0  # for the books, when reading has ended
_MOST_RECONCILED = 1000  # in one turn

_log = structlog.get_logger("padstone.metering")


class OpenedMeter:
    """A meter on a database. The application repeats ``note`` and ``reconcile``."""

    def __init__(self, meter: Meter[Any], database: Database) -> None:
        self.meter = meter
        self._database = database
        # Each kind of work has its own turn: however many wait to begin, those who end are paid,
        # and what is being read is said to be alive.
        self._turns = asyncio.Semaphore(meter.connections)
        self._closing = asyncio.Semaphore(1)
        self._upkeep = asyncio.Semaphore(1)
        self._pumps: dict[UUID, Pump] = {}
        self._unsettled: dict[UUID, Usage] = {}

    @property
    def open_calls(self) -> int:
        """How many answers are being read."""
        return len(self._pumps)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """A transaction for what belongs to a call, in turn with the others."""
        async with self._turns, self._database.session() as session:
            yield session

    async def reserve(
        self, session: AsyncSession, account_id: UUID, *, model: str, price: Price, most: Usage
    ) -> Reservation:
        """See ``Meter.reserve``. Raises ``TooManyCallsError`` too."""
        if len(self._pumps) >= self.meter.most:
            raise TooManyCallsError
        return await self.meter.reserve(session, account_id, model=model, price=price, most=most)

    def pump(
        self, reserved: Reservation, chunks: AsyncGenerator[ChatChunk], *, prompt_tokens: int
    ) -> Pump:
        """Begins to read ``chunks``, and settles the call when they end.

        ``prompt_tokens`` is the estimate that counts if the provider says nothing.
        """

        async def settle(usage: Usage) -> None:
            await self._settle(reserved.id, usage)

        pump = Pump(chunks, Tally(prompt_tokens), settle, self.meter.bounds)
        self._pumps[reserved.id] = pump
        pump.task.add_done_callback(lambda _: self._pumps.pop(reserved.id))
        return pump

    async def release(self, reserved: Reservation) -> None:
        """Gives back all that was reserved, for a call that is not made after all."""
        await self._settle(reserved.id, Usage(prompt_tokens=0))

    async def note(self) -> None:
        """Says of all open calls that they are alive, and settles what could not be settled."""
        used = {call_id: pump.usage for call_id, pump in self._pumps.items()} | self._unsettled
        if used:
            async with self._upkeep, self._database.session() as session:
                # In one order everywhere, so that two processes cannot wait for each other.
                await self.meter.note(session, sorted(used.items()))
        for call_id, usage in list(self._unsettled.items()):
            await self._settle(call_id, usage)

    async def reconcile(self) -> int:
        """Settles the calls of processes that are gone; how many there were."""
        for count in range(_MOST_RECONCILED):
            async with self._upkeep, self._database.session() as session:
                if not await self.meter.reconcile(session):
                    return count
        return _MOST_RECONCILED

    def end_within(self, seconds: float) -> None:
        """All reading ends within so many seconds: the process is to stop."""
        for pump in self._pumps.values():
            pump.end_within(seconds)

    async def drain(self, seconds: float) -> None:
        """Waits until all calls are settled; those that are still read after ``seconds`` end."""
        self.end_within(seconds)
        tasks = [pump.task for pump in self._pumps.values()]
        if tasks:
            await asyncio.wait(tasks, timeout=seconds + _LAST_SECONDS)
        for call_id, usage in list(self._unsettled.items()):
            await self._settle(call_id, usage)

    async def _settle(self, call_id: UUID, usage: Usage) -> None:
        try:
            async with self._closing, self._database.session() as session:
                settled = await self.meter.settle(session, call_id, usage)
        except Exception as error:  # noqa: BLE001  # whatever it was, it is tried again
            self._unsettled[call_id] = usage
            _log.warning("call not settled yet", call=str(call_id), error=type(error).__name__)
            return
        self._unsettled.pop(call_id, None)
        if settled is None:
            _log.warning("call was settled already", call=str(call_id))
        elif settled.uncovered_micros:
            _log.warning(
                "call cost more than was reserved",
                call=str(call_id),
                uncovered_micros=settled.uncovered_micros,
            )

"""What a call may cost, and what it cost: written once each, whatever happens between."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Uuid, column, func, select, update, values
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.credits import HoldClosedError, InsufficientCreditsError, Ledger
from padstone.ids import new_id
from padstone.metering.columns import CallStatus, MeteredCallColumns
from padstone.metering.price import Price
from padstone.metering.pump import Bounds
from padstone.providers import Usage

__all__ = ["Meter", "Reservation", "Settled"]

Call = TypeVar("Call", bound=MeteredCallColumns)


class Reservation(NamedTuple):
    """A call that may be made: its credits are set aside."""

    id: UUID
    account_id: UUID
    model: str
    reserved_micros: int


class Settled(NamedTuple):
    """What came of a call. ``uncovered_micros`` is what it cost beyond what was reserved."""

    charged_micros: int
    uncovered_micros: int


class Meter(Generic[Call]):
    """The calls of one system, paid from its ledger. Each method works in the caller's transaction.

    ``lifetime`` bounds a call. ``lease`` is how long one counts as being worked on without a word
    of its process, in seconds; ``progress`` is how often that is said, together with what the call
    has used so far. One process answers ``most`` calls at once. For the books of all of them it
    uses ``connections`` of its pool to begin, one to settle and one for the rest, so that the
    application keeps its own.
    """

    def __init__(
        self,
        ledger: Ledger[Any, Any],
        call: type[Call],
        *,
        lifetime: timedelta = timedelta(hours=1),
        lease: float = 30.0,
        progress: float = 5.0,
        connections: int = 2,
        most: int = 1000,
        bounds: Bounds | None = None,
    ) -> None:
        self.call_model = call
        self.lease = lease
        self.progress = progress
        self.connections = connections
        self.most = most
        self.bounds = bounds or Bounds()
        self._ledger = ledger
        self._lifetime = lifetime

    async def reserve(
        self, session: AsyncSession, account_id: UUID, *, model: str, price: Price, most: Usage
    ) -> Reservation:
        """Sets aside what ``most`` costs, and notes the call.

        Raises ``InsufficientCreditsError``. The transaction should be short, and committed before
        anybody is asked for an answer.
        """
        call = self.call_model()
        call.id, call.account_id, call.model = new_id(), account_id, model
        call.prompt_price_micros, call.completion_price_micros = price.prompt, price.completion
        call.reserved_micros = price.cost(most)
        if call.reserved_micros:
            hold = await self._ledger.hold(
                session,
                account_id,
                call.reserved_micros,
                key=f"reserve:{call.id}",
                lifetime=self._lifetime,
                reference=model,
            )
            call.hold_id = hold.id
        session.add(call)
        await session.flush()
        return Reservation(call.id, account_id, model, call.reserved_micros)

    async def settle(self, session: AsyncSession, call_id: UUID, usage: Usage) -> Settled | None:
        """Takes what ``usage`` costs from what was reserved and gives the rest back.

        Where nothing was written, all is given back. ``None`` where the call has been settled
        already, or is gone with its account.
        """
        call = await session.scalar(
            select(self.call_model)
            .where(self.call_model.id == call_id, self.call_model.status == CallStatus.OPEN)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        return None if call is None else await self._close(session, call, usage)

    async def note(self, session: AsyncSession, used: Sequence[tuple[UUID, Usage]]) -> None:
        """Says that these calls are being worked on, and what they have used so far."""
        call = self.call_model
        rows = [
            (call_id, usage.prompt_tokens, usage.completion_tokens, usage.is_estimate)
            for call_id, usage in used
        ]
        noted = values(
            column("id", Uuid()),
            column("prompt", BigInteger()),
            column("completion", BigInteger()),
            column("estimated", Boolean()),
            name="noted",
        ).data(rows)
        await session.execute(
            update(call)
            .where(call.id == noted.c.id, call.status == CallStatus.OPEN)
            .values(
                prompt_tokens=noted.c.prompt,
                completion_tokens=noted.c.completion,
                is_estimate=noted.c.estimated,
                seen_at=func.clock_timestamp(),
            )
            .execution_options(synchronize_session=False)
        )

    async def reconcile(self, session: AsyncSession) -> bool:
        """Settles one call whose process is gone, by what was last noted; false where none is left.

        Any number of processes may do so at once.
        """
        call = self.call_model
        overdue = func.clock_timestamp() - timedelta(seconds=self.lease)
        left = await session.scalar(
            select(call)
            .where(call.status == CallStatus.OPEN, call.seen_at < overdue)
            .order_by(call.seen_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if left is None:
            return False
        usage = Usage(
            prompt_tokens=left.prompt_tokens,
            completion_tokens=left.completion_tokens,
            is_estimate=left.is_estimate,
        )
        await self._close(session, left, usage)
        return True

    async def _close(self, session: AsyncSession, call: Call, usage: Usage) -> Settled:
        # The call is locked before the account, here and wherever both are.
        price = Price(call.prompt_price_micros, call.completion_price_micros)
        cost = price.cost(usage) if usage.completion_tokens else 0
        charged = await self._charge(session, call, min(cost, call.reserved_micros))
        call.status = CallStatus.SETTLED if usage.completion_tokens else CallStatus.RELEASED
        call.charged_micros, call.uncovered_micros = charged, cost - charged
        call.prompt_tokens, call.completion_tokens = usage.prompt_tokens, usage.completion_tokens
        call.is_estimate = usage.is_estimate
        call.ended_at = func.clock_timestamp()
        await session.flush()
        return Settled(charged, cost - charged)

    async def _charge(self, session: AsyncSession, call: Call, amount: int) -> int:
        """What could be taken of ``amount``."""
        if call.hold_id is None:
            return 0
        key = f"call:{call.id}"
        try:
            if amount:
                await self._ledger.capture(
                    session, call.account_id, call.hold_id, amount, key=key, reference=call.model
                )
            else:
                await self._ledger.release(session, call.account_id, call.hold_id)
        except HoldClosedError:
            # Its time was over, and the ledger has given it back. The customer still owes it.
            return await self._debit(session, call, amount, key)
        return amount

    async def _debit(self, session: AsyncSession, call: Call, amount: int, key: str) -> int:
        try:
            if amount:
                await self._ledger.debit(
                    session, call.account_id, amount, key=key, reference=call.model
                )
        except InsufficientCreditsError:
            return 0
        return amount

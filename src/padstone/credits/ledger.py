"""Prepaid credits: what an account can spend, and how that came about.

The balance is what can be spent, so a hold is subtracted when it is made. Whatever changes the
balance writes an entry in the same statement: the sum of an account's deltas is its balance.

Every movement names a key, which is unique within the account. A key that comes again with the
same amounts finds the movement that it made the first time, so that a caller who does not know
whether a call succeeded repeats it.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.credits.columns import (
    CreditAccountColumns,
    CreditEntryColumns,
    CreditHoldColumns,
    EntryKind,
    HoldStatus,
)
from padstone.credits.errors import AmountExceededError, HoldClosedError
from padstone.credits.journal import LARGEST, Journal
from padstone.credits.lots import Lots
from padstone.db import ReadSession
from padstone.errors import FieldError, NotFoundError, ValidationError
from padstone.ids import new_id

__all__ = ["Ledger"]

Entry = TypeVar("Entry", bound=CreditEntryColumns)
Hold = TypeVar("Hold", bound=CreditHoldColumns)

_OWN = "ledger:"  # how the keys begin that the ledger gives to what it does by itself
_LONGEST_KEY = 200


class Ledger(Generic[Entry, Hold]):
    """The credits of one system, in its three tables.

    Amounts are micros, above 0. Each method works in the caller's transaction, which should be
    short: until it ends, the account's other movements wait. Each raises ``NotFoundError`` for an
    account, hold or entry that does not exist or is another account's, ``ValidationError`` for an
    amount or a key that cannot be, and ``LedgerKeyReusedError`` for a key that made something else.
    """

    def __init__(
        self, *, account: type[CreditAccountColumns], entry: type[Entry], hold: type[Hold]
    ) -> None:
        self.account_model = account
        self.entry_model = entry
        self.hold_model = hold
        self._journal = Journal(account, entry)

    async def grant(  # a grant is all this
        self,
        session: AsyncSession,
        account_id: UUID,
        amount_micros: int,
        *,
        key: str,
        expires_at: datetime | None = None,
        reference: str | None = None,
    ) -> Entry:
        """Adds credits; what is left of them at ``expires_at`` is taken back by ``sweep``.

        Raises ``BalanceTooLargeError`` where the balance would not fit into 64 bits.
        """
        entry = _entry(EntryKind.GRANT, amount_micros, reference, expires_at=expires_at)
        if done := await self._journal.find(session, account_id, _checked(key), entry):
            return done
        if expires_at is not None and expires_at <= datetime.now(UTC):
            raise ValidationError(errors=[FieldError("expires_at", "has passed already")])
        return await self._journal.move(session, account_id, amount_micros, key, entry)

    async def debit(
        self,
        session: AsyncSession,
        account_id: UUID,
        amount_micros: int,
        *,
        key: str,
        reference: str | None = None,
    ) -> Entry:
        """Spends at once: a capture without a hold. Raises ``InsufficientCreditsError``."""
        entry = _entry(EntryKind.CAPTURE, amount_micros, reference, hold_id=None)
        if done := await self._journal.find(session, account_id, _checked(key), entry):
            return done
        return await self._journal.move(session, account_id, -amount_micros, key, entry)

    async def hold(  # a hold is all this
        self,
        session: AsyncSession,
        account_id: UUID,
        amount_micros: int,
        *,
        key: str,
        lifetime: timedelta,
        reference: str | None = None,
    ) -> Hold:
        """Sets an amount aside, to be captured or released.

        ``sweep`` releases it when it is still open after ``lifetime``, which a repeated call does
        not prolong. Raises ``InsufficientCreditsError``.
        """
        entry = _entry(EntryKind.HOLD, amount_micros, reference)
        if done := await self._journal.find(session, account_id, _checked(key), entry):
            return await self._hold(session, account_id, done.hold_id)
        entry["hold_id"] = new_id()
        moved = await self._journal.move(session, account_id, -amount_micros, key, entry)
        hold = self.hold_model()
        hold.id, hold.account_id, hold.amount_micros = entry["hold_id"], account_id, amount_micros
        hold.expires_at = moved.created_at + lifetime  # by PostgreSQL's clock, as in ``sweep``
        session.add(hold)
        await session.flush()
        return hold

    async def capture(  # a capture is all this
        self,
        session: AsyncSession,
        account_id: UUID,
        hold_id: UUID,
        amount_micros: int,
        *,
        key: str,
        reference: str | None = None,
    ) -> Entry:
        """Spends what is held, or less; the rest returns to the balance in the same step.

        A hold whose time is over can be captured until ``sweep`` has released it. Raises
        ``HoldClosedError``, and ``AmountExceededError`` for more than is held.
        """
        entry = _entry(EntryKind.CAPTURE, amount_micros, reference, hold_id=hold_id)
        if done := await self._journal.find(session, account_id, _checked(key), entry):
            return done
        hold = await self._open_hold(session, account_id, hold_id)
        if amount_micros > hold.amount_micros:
            raise AmountExceededError
        rest = hold.amount_micros - amount_micros
        moved = await self._journal.move(session, account_id, rest, key, entry)
        hold.status, hold.captured_micros = HoldStatus.CAPTURED, amount_micros
        await session.flush()
        return moved

    async def release(
        self,
        session: AsyncSession,
        account_id: UUID,
        hold_id: UUID,
        *,
        key: str | None = None,
        reference: str | None = None,
    ) -> Entry:
        """Gives back what is held. Without a key the hold itself is the key.

        Raises ``HoldClosedError``.
        """
        key = f"{_OWN}release:{hold_id}" if key is None else _checked(key)
        entry: dict[str, Any] = {"kind": EntryKind.RELEASE, "hold_id": hold_id}
        if done := await self._journal.find(session, account_id, key, entry):
            return done
        hold = await self._open_hold(session, account_id, hold_id)
        entry |= {"amount_micros": hold.amount_micros, "reference": reference}
        moved = await self._journal.move(session, account_id, hold.amount_micros, key, entry)
        hold.status = HoldStatus.RELEASED
        await session.flush()
        return moved

    async def refund(  # a refund is all this
        self,
        session: AsyncSession,
        account_id: UUID,
        capture_id: UUID,
        amount_micros: int,
        *,
        key: str,
        reference: str | None = None,
    ) -> Entry:
        """Gives back what was spent by a capture or a debit, or a part of it.

        Raises ``AmountExceededError`` where all refunds together would be more than was spent.
        """
        entry = _entry(EntryKind.REFUND, amount_micros, reference, source_id=capture_id)
        if done := await self._journal.find(session, account_id, _checked(key), entry):
            return done
        left = await self._refundable(session, account_id, capture_id)
        if amount_micros > left:
            raise AmountExceededError
        return await self._journal.move(session, account_id, amount_micros, key, entry)

    async def held_micros(self, session: AsyncSession | ReadSession, account_id: UUID) -> int:
        """What the account's open holds set aside; it is not in the balance any more."""
        hold = self.hold_model
        total = await session.scalar(
            select(func.coalesce(func.sum(hold.amount_micros), 0)).where(
                hold.account_id == account_id, hold.status == HoldStatus.OPEN
            )
        )
        return int(total or 0)

    async def expire(self, session: AsyncSession, account_id: UUID) -> list[Entry]:
        """Takes back what is left of the account's grants whose time is over.

        It reads the account's whole ledger, the greater part of it before the account is locked.
        """
        lots = Lots()
        await self._journal.follow(session, account_id, lots)
        now = await self._journal.lock(session, account_id)
        await self._journal.follow(session, account_id, lots)
        taken_back = []
        for grant_id, left in lots.expired(now):
            entry = _entry(EntryKind.EXPIRE, left, None, source_id=grant_id)
            key = f"{_OWN}expire:{grant_id}"
            taken_back.append(await self._journal.move(session, account_id, -left, key, entry))
        await self._journal.set_next_expiry(session, account_id, lots.next_expiry(now))
        return taken_back

    async def _hold(self, session: AsyncSession, account_id: UUID, hold_id: UUID | None) -> Hold:
        hold = await session.scalar(
            select(self.hold_model)
            .where(self.hold_model.id == hold_id, self.hold_model.account_id == account_id)
            # As it is now that the account is locked, not as the session may remember it.
            .execution_options(populate_existing=True)
        )
        if hold is None:
            raise NotFoundError("There is no such hold.")
        return hold

    async def _open_hold(self, session: AsyncSession, account_id: UUID, hold_id: UUID) -> Hold:
        hold = await self._hold(session, account_id, hold_id)
        if hold.status != HoldStatus.OPEN:
            raise HoldClosedError
        return hold

    async def _refundable(self, session: AsyncSession, account_id: UUID, capture_id: UUID) -> int:
        entry = self.entry_model
        captured = await session.scalar(
            select(entry.amount_micros).where(
                entry.id == capture_id,
                entry.account_id == account_id,
                entry.kind == EntryKind.CAPTURE,
            )
        )
        if captured is None:
            raise NotFoundError("There is no such capture.")
        refunded = await session.scalar(
            select(func.coalesce(func.sum(entry.amount_micros), 0)).where(
                entry.source_id == capture_id, entry.kind == EntryKind.REFUND
            )
        )
        return captured - int(refunded or 0)


def _entry(
    kind: EntryKind, amount_micros: int, reference: str | None, **values: object
) -> dict[str, Any]:
    """What an entry says, and what a repeated call must say again."""
    if isinstance(amount_micros, bool) or not 0 < amount_micros <= LARGEST:
        message = f"must be a whole number from 1 to {LARGEST}"
        raise ValidationError(errors=[FieldError("amount_micros", message)])
    return {"kind": kind, "amount_micros": amount_micros, "reference": reference, **values}


def _checked(key: str) -> str:
    if not 0 < len(key) <= _LONGEST_KEY or key.startswith(_OWN):
        message = f"must have 1 to {_LONGEST_KEY} characters and not begin with {_OWN}"
        raise ValidationError(errors=[FieldError("key", message)])
    return key

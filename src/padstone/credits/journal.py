"""How a balance and its entries are written: under one lock, in one statement."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Generic, TypeVar, cast
from uuid import UUID

from sqlalchemy import Table, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import attributes
from sqlalchemy.orm.util import identity_key

from padstone.credits.columns import CreditAccountColumns, CreditEntryColumns
from padstone.credits.errors import (
    BalanceTooLargeError,
    InsufficientCreditsError,
    LedgerKeyReusedError,
)
from padstone.credits.lots import Line, Lots
from padstone.errors import NotFoundError
from padstone.ids import new_id

__all__ = ["LARGEST", "Journal"]

Entry = TypeVar("Entry", bound=CreditEntryColumns)

LARGEST = 2**63 - 1
"""What a PostgreSQL bigint holds."""

_BATCH = 1000


class Journal(Generic[Entry]):
    """The entries of all accounts, and the balances that belong to them.

    It works on the tables rather than the mapped classes, since a deleted account's holds are
    captured too.
    """

    def __init__(self, account: type[CreditAccountColumns], entry: type[Entry]) -> None:
        self._account = account
        self._entry = entry
        self._accounts = cast("Table", cast("Any", account).__table__)
        self._entries = cast("Table", cast("Any", entry).__table__)

    async def lock(self, session: AsyncSession, account_id: UUID) -> datetime:
        """Until the transaction ends, the account's credits are this transaction's alone.

        Returns the database's time. Raises ``NotFoundError``.
        """
        accounts = self._accounts
        now: datetime | None = await session.scalar(
            select(func.clock_timestamp())
            .where(accounts.c.id == account_id)
            .with_for_update(key_share=True, of=accounts)
        )
        if now is None:
            raise NotFoundError("There is no such account.")
        return now

    async def find(
        self, session: AsyncSession, account_id: UUID, key: str, wanted: Mapping[str, object]
    ) -> Entry | None:
        """The entry that ``key`` made already; ``None`` for a new key.

        The account is locked first, so that nobody else makes it meanwhile. Raises
        ``LedgerKeyReusedError`` where the entry differs from ``wanted``.
        """
        await self.lock(session, account_id)
        entry = await session.scalar(
            select(self._entry).where(self._entry.account_id == account_id, self._entry.key == key)
        )
        if entry is None:
            return None
        if any(getattr(entry, name) != value for name, value in wanted.items()):
            raise LedgerKeyReusedError
        return entry

    async def move(
        self,
        session: AsyncSession,
        account_id: UUID,
        delta: int,
        key: str,
        values: Mapping[str, Any],
    ) -> Entry:
        """Changes the balance by ``delta`` and writes the entry with ``values``, or does neither.

        Raises ``InsufficientCreditsError`` and ``BalanceTooLargeError``.
        """
        accounts, columns = self._accounts, self._entries.c
        balance = accounts.c.credits_balance_micros
        written: dict[str, Any] = {"credits_balance_micros": balance + delta}
        if expires_at := values.get("expires_at"):
            written["credits_expire_at"] = func.least(accounts.c.credits_expire_at, expires_at)
        moved = (
            update(accounts)
            .where(accounts.c.id == account_id)
            .where(balance >= -delta if delta < 0 else balance <= LARGEST - delta)
            .values(written)
            .returning(balance)
            .cte("moved")
        )
        row = {
            "id": new_id(),
            "account_id": account_id,
            "delta_micros": delta,
            "key": key,
            **values,
        }
        entry: Entry | None = await session.scalar(
            insert(self._entry)
            .from_select(
                [*row, "balance_after_micros"],
                select(
                    *(literal(value, columns[name].type) for name, value in row.items()),
                    moved.c.credits_balance_micros,
                ),
                include_defaults=False,
            )
            .returning(self._entry)
        )
        if entry is None:
            raise InsufficientCreditsError if delta < 0 else BalanceTooLargeError
        self._show(session, entry)
        return entry

    async def set_next_expiry(
        self, session: AsyncSession, account_id: UUID, moment: datetime | None
    ) -> None:
        """When the sweeper shall look at the account again."""
        accounts = self._accounts
        await session.execute(
            update(accounts).where(accounts.c.id == account_id).values(credits_expire_at=moment)
        )

    async def follow(self, session: AsyncSession, account_id: UUID, lots: Lots) -> None:
        """Leads ``lots`` through the account's entries that it has not seen yet."""
        entry = self._entry
        lines = await session.stream(
            select(*(getattr(entry, name) for name in Line._fields))
            .where(entry.account_id == account_id, entry.sequence > lots.sequence)
            .order_by(entry.sequence)
            .execution_options(yield_per=_BATCH)
        )
        async for line in lines:
            lots.follow(Line(*line))

    def _show(self, session: AsyncSession, entry: Entry) -> None:
        # An account that the session has loaded must not go on showing the old balance.
        known = session.sync_session.identity_map.get(identity_key(self._account, entry.account_id))
        if known is not None:
            attributes.set_committed_value(
                known, "credits_balance_micros", entry.balance_after_micros
            )

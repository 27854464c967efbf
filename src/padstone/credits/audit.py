"""Does the ledger add up?"""

from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Subquery, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.credits.columns import EntryKind, HoldStatus
from padstone.credits.ledger import Ledger
from padstone.models import INCLUDE_DELETED

__all__ = ["Discrepancy", "audit"]


class Discrepancy(NamedTuple):
    """An account whose books do not agree.

    ``balance_micros`` is what the account says, ``entries_micros`` the sum of its entries' deltas.
    ``held_micros`` is what its open holds say, ``held_entries_micros`` what its entries say is
    held. ``broken`` counts the entries whose balance is not the one before plus their own delta.
    """

    account_id: UUID
    balance_micros: int
    entries_micros: int
    held_micros: int
    held_entries_micros: int
    broken: int


async def audit(session: AsyncSession, ledger: Ledger[Any, Any]) -> list[Discrepancy]:
    """The accounts that do not add up: none, unless somebody wrote around the ledger.

    One statement, so that it is right while others write. It reads all entries.
    """
    account, books, holds = ledger.account_model, _books(ledger), _open_holds(ledger)
    balance = account.credits_balance_micros
    total, held_total, broken, held = (
        func.coalesce(column, 0)
        for column in (books.c.total, books.c.held, books.c.broken, holds.c.held)
    )
    rows = await session.execute(
        select(account.id, balance, total, held, held_total, broken)
        .outerjoin(books, books.c.account_id == account.id)
        .outerjoin(holds, holds.c.account_id == account.id)
        .where(or_(balance != total, held != held_total, broken > 0))
        .order_by(account.id)
        .execution_options(**INCLUDE_DELETED)
    )
    return [Discrepancy(row[0], *map(int, row[1:])) for row in rows]


def _books(ledger: Ledger[Any, Any]) -> Subquery:
    entry = ledger.entry_model
    before = func.lag(entry.balance_after_micros, 1, 0).over(
        partition_by=entry.account_id, order_by=entry.sequence
    )
    held = case(
        (entry.kind == EntryKind.HOLD, entry.amount_micros),
        (entry.kind == EntryKind.RELEASE, -entry.amount_micros),
        # What was captured and what came back: together it is what was held.
        (entry.hold_id.is_not(None), -entry.amount_micros - entry.delta_micros),
        else_=0,
    )
    lines = select(
        entry.account_id,
        entry.delta_micros.label("delta"),
        held.label("held"),
        (entry.balance_after_micros != before + entry.delta_micros).label("broken"),
    ).subquery()
    return (
        select(
            lines.c.account_id,
            func.sum(lines.c.delta).label("total"),
            func.sum(lines.c.held).label("held"),
            func.count().filter(lines.c.broken).label("broken"),
        )
        .group_by(lines.c.account_id)
        .subquery()
    )


def _open_holds(ledger: Ledger[Any, Any]) -> Subquery:
    hold = ledger.hold_model
    return (
        select(hold.account_id, func.sum(hold.amount_micros).label("held"))
        .where(hold.status == HoldStatus.OPEN)
        .group_by(hold.account_id)
        .subquery()
    )

"""Credits: what analyses may cost, and what they did. Without prices, nothing costs anything."""

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import CreditEntry, CreditHold, User
from padstone.credits import Ledger
from padstone.errors import NotFoundError

__all__ = ["balance_of", "entries_of", "grant", "ledger"]

ledger = Ledger(account=User, entry=CreditEntry, hold=CreditHold)


async def balance_of(session: AsyncSession, user_id: UUID) -> int:
    """What the user can spend, in micros."""
    balance = await session.scalar(select(User.credits_balance_micros).where(User.id == user_id))
    if balance is None:
        raise NotFoundError("There is no such user.")
    return balance


def entries_of(user_id: UUID) -> Select[CreditEntry]:
    """Every movement of the user's balance, for a page."""
    return select(CreditEntry).where(CreditEntry.account_id == user_id)


async def grant(
    session: AsyncSession, user_id: UUID, amount_micros: int, *, key: str, reference: str | None
) -> CreditEntry:
    """Adds credits. The same key again finds the grant that it made."""
    # In a namespace of their own: analyses are entered in the ledger by keys, too.
    named = f"grant:{key}"
    return await ledger.grant(session, user_id, amount_micros, key=named, reference=reference)

"""The credits of this system: its ledger, in which every user is an account."""

from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.config import settings
from app.models import CreditEntry, CreditHold, User
from padstone.credits import HoldStatus, Ledger

__all__ = ["entries_of", "held_micros", "ledger", "welcome"]

ledger = Ledger(account=User, entry=CreditEntry, hold=CreditHold)


async def welcome(session: AsyncSession, user_id: UUID) -> None:
    """Grants a user what everybody begins with, once."""
    if amount := settings.WELCOME_CREDITS_MICROS:
        await ledger.grant(session, user_id, amount, key="welcome", reference="Welcome")


async def held_micros(session: AsyncSession, user_id: UUID) -> int:
    """What the user's open holds set aside; it is no longer in the balance."""
    total = await session.scalar(
        select(func.coalesce(func.sum(CreditHold.amount_micros), 0)).where(
            CreditHold.account_id == user_id, CreditHold.status == HoldStatus.OPEN
        )
    )
    return int(total or 0)


def entries_of(user_id: UUID) -> Select[CreditEntry]:
    """Every movement of the user's balance, for a page."""
    return select(CreditEntry).where(CreditEntry.account_id == user_id)

"""The credits of this system: its ledger, in which every user is an account."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.core.config import settings
from app.models import CreditEntry, CreditHold, User
from padstone.credits import Ledger

__all__ = ["ledger", "welcome"]

ledger = Ledger(account=User, entry=CreditEntry, hold=CreditHold)


async def welcome(session: AsyncSession, user_id: UUID) -> None:
    """Grants a user what everybody begins with, once."""
    if amount := settings.WELCOME_CREDITS_MICROS:
        await ledger.grant(session, user_id, amount, key="welcome", reference="Welcome")

"""The credits of this system: its ledger, and what is set aside."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Account, CreditEntry, CreditHold
from padstone.credits import HoldStatus, Ledger
from padstone.errors import NotFoundError

__all__ = ["get_hold", "held_micros", "ledger"]

ledger = Ledger(account=Account, entry=CreditEntry, hold=CreditHold)


async def held_micros(session: AsyncSession, account_id: UUID) -> int:
    """What the account's open holds set aside; it is no longer in the balance."""
    total = await session.scalar(
        select(func.coalesce(func.sum(CreditHold.amount_micros), 0)).where(
            CreditHold.account_id == account_id, CreditHold.status == HoldStatus.OPEN
        )
    )
    return int(total or 0)


async def get_hold(session: AsyncSession, account_id: UUID, hold_id: UUID) -> CreditHold:
    """The account's hold; another account's is as good as none."""
    found = await session.scalar(
        select(CreditHold).where(CreditHold.account_id == account_id, CreditHold.id == hold_id)
    )
    if found is None:
        raise NotFoundError
    return found

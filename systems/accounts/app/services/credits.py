"""The credits of this system: its ledger, and what is set aside."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Account, CreditEntry, CreditHold
from padstone.credits import Ledger
from padstone.errors import NotFoundError

__all__ = ["get_hold", "ledger"]

ledger = Ledger(account=Account, entry=CreditEntry, hold=CreditHold)


async def get_hold(session: AsyncSession, account_id: UUID, hold_id: UUID) -> CreditHold:
    """The account's hold; another account's is as good as none."""
    found = await session.scalar(
        select(CreditHold).where(CreditHold.account_id == account_id, CreditHold.id == hold_id)
    )
    if found is None:
        raise NotFoundError
    return found

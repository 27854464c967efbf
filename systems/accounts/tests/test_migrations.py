"""C11: what of the tables is special to this system."""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Account
from app.services.accounts import find_or_create_account


async def test_c11_a_deleted_accounts_address_is_free_again(session: AsyncSession) -> None:
    first = await find_or_create_account(session, "Someone@Example.com")
    first.deleted_at = datetime.now(UTC)
    await session.flush()
    second = await find_or_create_account(session, "someone@example.com")
    assert second.id != first.id
    assert await session.get(Account, first.id, populate_existing=True) is None

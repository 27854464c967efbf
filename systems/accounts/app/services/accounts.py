"""Accounts: found by id or by e-mail, made when needed."""

from uuid import UUID

from padstone.errors import FieldError, NotFoundError, ValidationError
from pydantic import EmailStr, TypeAdapter
from pydantic import ValidationError as PydanticValidationError
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Account

__all__ = ["find_or_create_account", "get_account"]

_email = TypeAdapter(EmailStr)


async def get_account(session: AsyncSession, account_id: UUID) -> Account:
    """The living account with this id, or ``NotFoundError``."""
    account = await session.get(Account, account_id)
    if account is None:
        raise NotFoundError
    return account


async def find_or_create_account(session: AsyncSession, email: str) -> Account:
    """The living account of ``email``; a new one where there is none.

    Two callers at the same moment get the same account. Raises ``ValidationError`` where ``email``
    is no address.
    """
    address = _normalized(email)
    await session.execute(
        insert(Account)
        .values(email=address)
        .on_conflict_do_nothing(
            index_elements=[Account.email], index_where=Account.deleted_at.is_(None)
        )
    )
    found = await session.scalars(select(Account).where(Account.email == address))
    return found.one()


def _normalized(email: str) -> str:
    try:
        return str(_email.validate_python(email.strip())).lower()
    except PydanticValidationError:
        message = "is not an e-mail address, such as someone@example.com"
        raise ValidationError(errors=[FieldError("email", message)]) from None

"""Accounts: found by id or by e-mail, made when needed."""

from uuid import UUID

from pydantic import EmailStr, TypeAdapter
from pydantic import ValidationError as PydanticValidationError
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.config import settings
from app.models import Account
from app.services.credits import ledger
from padstone.errors import FieldError, NotFoundError, ValidationError

__all__ = ["find_or_create_account", "get_account"]

_email = TypeAdapter(EmailStr)


async def get_account(session: AsyncSession, account_id: UUID) -> Account:
    """The living account with this id, or ``NotFoundError``."""
    account = await session.get(Account, account_id)
    if account is None:
        raise NotFoundError
    return account


async def find_or_create_account(session: AsyncSession, email: str) -> Account:
    """The living account of ``email``; a new one, with welcome credits, where there is none.

    Two callers at the same moment get the same account. Raises ``ValidationError`` where ``email``
    is no address.
    """
    address = _normalized(email)
    made = await session.scalar(
        insert(Account)
        .values(email=address)
        .on_conflict_do_nothing(
            index_elements=[Account.email], index_where=Account.deleted_at.is_(None)
        )
        .returning(Account.id)
    )
    if made is not None and settings.WELCOME_CREDITS_MICROS:
        amount = settings.WELCOME_CREDITS_MICROS
        await ledger.grant(session, made, amount, key="welcome", reference="Welcome")
    found = await session.scalars(
        select(Account)
        .where(Account.email == address)
        .execution_options(populate_existing=True)  # the grant has changed the balance
    )
    return found.one()


def _normalized(email: str) -> str:
    try:
        return str(_email.validate_python(email.strip())).lower()
    except PydanticValidationError:
        message = "is not an e-mail address, such as someone@example.com"
        raise ValidationError(errors=[FieldError("email", message)]) from None

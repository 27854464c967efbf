"""What is mailed to users, and the narrow door through which it is asked for."""

from enum import StrEnum
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

__all__ = ["MailPurpose", "Post"]


class MailPurpose(StrEnum):
    """Why a user gets mail."""

    VERIFY_EMAIL = "verify_email"
    ACCOUNT_EXISTS = "account_exists"
    INVITED = "invited"
    RESET_PASSWORD = "reset_password"  # noqa: S105  # a name
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  # a name


class Post(Protocol):
    """Asks for a mail in the caller's transaction; it leaves once that is committed.

    ``user_id`` may be nobody's. Then nothing is mailed, and asking takes as long.
    """

    async def __call__(
        self, session: AsyncSession, purpose: MailPurpose, user_id: UUID, /
    ) -> None: ...

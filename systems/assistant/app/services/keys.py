"""API keys: whose they are, and when they count."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.config import settings
from app.core.security import DEFAULT_KEY_SCOPES, KEY_SCOPES, ROLES
from app.models import ApiKey, User
from app.services.users import users
from padstone.auth import ApiKeys
from padstone.auth.users import UserAdministration

__all__ = ["api_keys", "find_or_create_user"]


async def find_or_create_user(session: AsyncSession, email: str) -> User:
    """The living user of ``email``; a new one without a password where there is none.

    Raises ``ValidationError`` where ``email`` is no address.
    """
    found = await session.scalar(select(User).where(User.email == email.strip().lower()))
    if found is None:
        found = await UserAdministration.apart(session, users, settings).create(email)
    return found


api_keys = ApiKeys(
    model=ApiKey,
    owner=User,
    owner_column="user_id",
    is_active=users.is_active,
    scopes=KEY_SCOPES,
    default_scopes=DEFAULT_KEY_SCOPES,
    owner_for_email=find_or_create_user,
    role=User.role,
    roles=ROLES,
)

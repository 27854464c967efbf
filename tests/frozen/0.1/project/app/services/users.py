"""Users and their keys: which tables hold them, and what they may do."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.config import settings
from app.core.security import ROLES, Role, Scope
from app.models import ApiKey, LoginAttempt, User, UserSession
from padstone.auth import ApiKeys
from padstone.auth.users import UserAdministration, Users

__all__ = ["api_keys", "find_or_create_user", "users"]

users = Users(
    model=User,
    session_model=UserSession,
    attempt_model=LoginAttempt,
    roles=ROLES,
    default_role=Role.MEMBER,
)


async def find_or_create_user(session: AsyncSession, email: str) -> User:
    """The living user of ``email``; a new one without a password where there is none."""
    found = await session.scalar(select(User).where(User.email == email.strip().lower()))
    if found is None:
        found = await UserAdministration.apart(session, users, settings).create(email)
    return found


api_keys = ApiKeys(
    model=ApiKey,
    owner=User,
    owner_column="user_id",
    is_active=users.is_active,
    scopes=Scope,
    owner_for_email=find_or_create_user,
    role=User.role,  # a key never may more than its owner
    roles=ROLES,
)

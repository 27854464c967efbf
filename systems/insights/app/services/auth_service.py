"""Who is calling: what the library's sign-in and its API keys need to know of this system."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.config import settings
from app.core.security import ROLES, Role, Scope
from app.models import ApiKey, LoginAttempt, User, UserSession
from padstone.auth import ApiKeys
from padstone.auth.users import UserAdministration, Users

__all__ = ["api_keys", "find_or_invite", "users"]

users = Users(
    model=User,
    session_model=UserSession,
    attempt_model=LoginAttempt,
    roles=ROLES,
    default_role=Role.ANALYST,
)


async def find_or_invite(session: AsyncSession, email: str) -> User:
    """The user of ``email``, for an operator's command; an analyst is made where there is none."""
    found = await session.scalar(select(User).where(User.email == email.strip().lower()))
    if found is not None:
        return found
    made: User = await UserAdministration.apart(session, users, settings).create(email)
    return made


api_keys = ApiKeys(
    model=ApiKey,
    owner=User,
    owner_column="user_id",
    is_active=User.suspended_at.is_(None),
    scopes=Scope,
    owner_for_email=find_or_invite,
    max_overlap=timedelta(seconds=settings.KEY_ROTATION_OVERLAP_SECONDS),
)

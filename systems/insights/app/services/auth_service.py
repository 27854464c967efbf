"""Who is calling: what the library's sign-in and its API keys need to know of this system."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.config import settings
from app.core.security import ROLES, Role, Scope
from app.models import ApiKey, LoginAttempt, User, UserSession
from padstone.auth import ApiKeys
from padstone.auth.cookie_sessions import CookieSessions
from padstone.auth.users import UserAdministration, Users

__all__ = ["api_keys", "browser_sessions", "find_or_create", "users"]

users = Users(
    model=User,
    session_model=UserSession,
    attempt_model=LoginAttempt,
    roles=ROLES,
    default_role=Role.ANALYST,
)

browser_sessions = CookieSessions(
    idle=timedelta(seconds=settings.BROWSER_SESSION_IDLE_SECONDS),
    lifetime=timedelta(seconds=settings.BROWSER_SESSION_SECONDS),
)


async def find_or_create(session: AsyncSession, email: str) -> User:
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
    role=User.role,
    roles=ROLES,
    owner_for_email=find_or_create,
    max_overlap=timedelta(seconds=settings.KEY_ROTATION_OVERLAP_SECONDS),
)

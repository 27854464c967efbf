"""Users: what the library's sign-in needs to know of them, and what they begin with."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.plans import PlanName
from app.core.security import ROLES, Role
from app.models import LoginAttempt, User, UserSession
from app.services.credits import welcome
from padstone.auth.users import Users
from padstone.errors import NotFoundError

__all__ = ["change_plan", "get_user", "users"]

users = Users(
    model=User,
    session_model=UserSession,
    attempt_model=LoginAttempt,
    roles=ROLES,
    default_role=Role.MEMBER,
    on_verified=welcome,
)


async def get_user(session: AsyncSession, user_id: UUID) -> User:
    """The living user, or ``NotFoundError``."""
    found = await session.scalar(select(User).where(User.id == user_id))
    if found is None:
        raise NotFoundError("There is no such user.")
    return found


async def change_plan(session: AsyncSession, user_id: UUID, plan: PlanName) -> User:
    """The user with another plan, which counts from the next completion on."""
    user = await get_user(session, user_id)
    user.plan = plan
    await session.flush()
    return user

"""Users: what the library's sign-in needs to know of them, and what they begin with."""

from app.core.security import ROLES, Role
from app.models import LoginAttempt, User, UserSession
from app.services.credits import welcome
from padstone.auth.users import Users

__all__ = ["users"]

users = Users(
    model=User,
    session_model=UserSession,
    attempt_model=LoginAttempt,
    roles=ROLES,
    default_role=Role.MEMBER,
    on_verified=welcome,
)

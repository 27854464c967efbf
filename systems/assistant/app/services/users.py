"""Users: what the library's sign-in needs to know of them."""

from app.core.security import ROLES, Role
from app.models import LoginAttempt, User, UserSession
from padstone.auth.users import Users

__all__ = ["users"]

users = Users(
    model=User,
    session_model=UserSession,
    attempt_model=LoginAttempt,
    roles=ROLES,
    default_role=Role.MEMBER,
)

"""Users: their tables, and what they may do."""

from app.core.security import DEFAULT_ROLE, ROLES
from app.models import LoginAttempt, User, UserSession
from padstone.auth.users import Users

__all__ = ["users"]

users = Users(
    model=User,
    session_model=UserSession,
    attempt_model=LoginAttempt,
    roles=ROLES,
    default_role=DEFAULT_ROLE,
)

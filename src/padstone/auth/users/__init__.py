"""Users who sign in: tables, tokens, passwords, and the routes for all of it.

A system declares its tables with ``UserColumns``, ``UserSessionColumns`` and
``LoginAttemptColumns``, describes them once with ``Users``, and passes that to ``create_app``.
"""

from padstone.auth.users.authenticator import UserAuthenticator
from padstone.auth.users.columns import (
    SESSION_CHANNEL,
    SESSION_COLUMNS,
    USER_CHANNEL,
    USER_COLUMNS,
    LoginAttemptColumns,
    UserColumns,
    UserSessionColumns,
)
from padstone.auth.users.users import Users

__all__ = [
    "SESSION_CHANNEL",
    "SESSION_COLUMNS",
    "USER_CHANNEL",
    "USER_COLUMNS",
    "LoginAttemptColumns",
    "UserAuthenticator",
    "UserColumns",
    "UserSessionColumns",
    "Users",
]

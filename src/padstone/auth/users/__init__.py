"""Users who sign in: tables, tokens, passwords, and the routes for all of it.

A system declares its tables with ``UserColumns``, ``UserSessionColumns`` and
``LoginAttemptColumns``, describes them once with ``Users``, passes that to ``create_app``, and
includes ``user_routes``. Guards are those of ``padstone.auth``.
"""

from typing import TYPE_CHECKING

from padstone.extras import on_demand

if TYPE_CHECKING:
    from padstone.auth.users.administration import EmailTakenError, UserAdministration
    from padstone.auth.users.columns import (
        SESSION_CHANNEL,
        SESSION_COLUMNS,
        USER_CHANNEL,
        USER_COLUMNS,
        LoginAttemptColumns,
        UserColumns,
        UserSessionColumns,
    )
    from padstone.auth.users.demo import demo_user
    from padstone.auth.users.dependencies import SignedInDep, UsersDep
    from padstone.auth.users.opened import OpenedUsers
    from padstone.auth.users.post import MailPurpose, Post
    from padstone.auth.users.routes import user_routes
    from padstone.auth.users.schemas import UserRead, UserRegister
    from padstone.auth.users.users import Users
else:
    # An application without them should neither install nor import what they need.
    __getattr__ = on_demand(
        __name__,
        "users",
        {
            "SESSION_CHANNEL": "columns",
            "SESSION_COLUMNS": "columns",
            "USER_CHANNEL": "columns",
            "USER_COLUMNS": "columns",
            "EmailTakenError": "administration",
            "LoginAttemptColumns": "columns",
            "MailPurpose": "post",
            "OpenedUsers": "opened",
            "Post": "post",
            "SignedInDep": "dependencies",
            "UserAdministration": "administration",
            "UserColumns": "columns",
            "UserRead": "schemas",
            "UserRegister": "schemas",
            "UserSessionColumns": "columns",
            "Users": "users",
            "UsersDep": "dependencies",
            "demo_user": "demo",
            "user_routes": "routes",
        },
    )

__all__ = [
    "SESSION_CHANNEL",
    "SESSION_COLUMNS",
    "USER_CHANNEL",
    "USER_COLUMNS",
    "EmailTakenError",
    "LoginAttemptColumns",
    "MailPurpose",
    "OpenedUsers",
    "Post",
    "SignedInDep",
    "UserAdministration",
    "UserColumns",
    "UserRead",
    "UserRegister",
    "UserSessionColumns",
    "Users",
    "UsersDep",
    "demo_user",
    "user_routes",
]

"""Signing in with a browser: a cookie that names a session, kept in Redis.

A system with ``RedisSettings`` and users passes ``CookieSessions`` to ``create_app`` and includes
``cookie_session_routes``. Guards are those of ``padstone.auth``: they take the cookie where no
header shows credentials, and refuse a request that another site made a browser send.
"""

from typing import TYPE_CHECKING

from padstone.extras import on_demand

if TYPE_CHECKING:
    from padstone.auth.cookie_sessions.cookie import cookie_name
    from padstone.auth.cookie_sessions.cookie_sessions import CookieSessions
    from padstone.auth.cookie_sessions.csrf import CSRF_HEADER, CsrfError
    from padstone.auth.cookie_sessions.opened import NewSession, OpenedCookieSessions
    from padstone.auth.cookie_sessions.routes import cookie_session_routes
else:
    # An application without them should neither install nor import what they need.
    __getattr__ = on_demand(
        __name__,
        "users",
        {
            "CSRF_HEADER": "csrf",
            "CookieSessions": "cookie_sessions",
            "CsrfError": "csrf",
            "NewSession": "opened",
            "OpenedCookieSessions": "opened",
            "cookie_name": "cookie",
            "cookie_session_routes": "routes",
        },
    )

__all__ = [
    "CSRF_HEADER",
    "CookieSessions",
    "CsrfError",
    "NewSession",
    "OpenedCookieSessions",
    "cookie_name",
    "cookie_session_routes",
]

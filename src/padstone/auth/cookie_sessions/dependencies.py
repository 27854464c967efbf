"""What the routes for browser sessions ask FastAPI for."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from padstone.auth.cookie_sessions.opened import OpenedCookieSessions
from padstone.auth.guards import PrincipalDep
from padstone.errors import PermissionDeniedError
from padstone.principal import Principal
from padstone.state import opened

__all__ = ["BrowserDep", "CookieNeededError", "SessionsDep"]


class CookieNeededError(PermissionDeniedError):
    code = "cookie_needed"
    detail = "Only a browser that signed in by cookie has such a session."


async def _sessions(connection: HTTPConnection) -> OpenedCookieSessions:
    return opened(connection, "sessions", OpenedCookieSessions)


async def _browser(principal: PrincipalDep) -> Principal:
    if principal.method != "session":
        raise CookieNeededError
    return principal


SessionsDep = Annotated[OpenedCookieSessions, Depends(_sessions)]
"""The application's browser sessions."""

BrowserDep = Annotated[Principal, Depends(_browser)]
"""Whoever came by cookie; 403 for everybody else."""

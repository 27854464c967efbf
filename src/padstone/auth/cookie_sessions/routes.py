"""The routes by which a browser signs in and out, and a user sees where else that is so."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response, status
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.auth.cookie_sessions.dependencies import BrowserDep, SessionsDep
from padstone.auth.cookie_sessions.opened import OpenedCookieSessions
from padstone.auth.cookie_sessions.schemas import BrowserSessionRead, CurrentSessionRead
from padstone.auth.cookie_sessions.session import BrowserSession
from padstone.auth.users.dependencies import DeviceDep, SignedInDep
from padstone.auth.users.entry_limits import LOGIN_LIMIT
from padstone.auth.users.schemas import Login
from padstone.auth.users.sessions import Sessions
from padstone.db import ReadSessionDep
from padstone.pages import Page
from padstone.principal import Principal
from padstone.problems import problem_responses

__all__ = ["cookie_session_routes"]

_NO_CONTENT = status.HTTP_204_NO_CONTENT
_SETS_COOKIE: dict[int | str, dict[str, Any]] = {
    200: {
        "headers": {
            "Set-Cookie": {"description": "The session's cookie.", "schema": {"type": "string"}}
        }
    }
}

SessionId = Annotated[UUID, Path(description="As the list of browser sessions shows it.")]
KeepCurrent = Annotated[
    bool, Query(description="Whether the browser that asks stays signed in, with a new cookie.")
]

_routes = APIRouter(prefix="/auth", tags=["auth"])


def cookie_session_routes() -> APIRouter:
    """All of them, under ``/auth``, for a system to include beside ``user_routes``.

    None of them may be given an ``Idempotency-Key`` store, since that would keep secrets.
    """
    return _routes


@_routes.post(
    "/session",
    responses={**_SETS_COOKIE, **problem_responses(401, 403, 429)},
    dependencies=[LOGIN_LIMIT],
)
async def sign_in(
    body: Login, sessions: SessionsDep, device: DeviceDep, request: Request, response: Response
) -> CurrentSessionRead:
    """Sign in with an e-mail address and a password, for a cookie that no script can read.

    A session that the browser had before ends.
    """
    # Or another site could sign its visitors in, as somebody whom they are not.
    sessions.csrf.check_origin(request)
    begun = await sessions.sign_in(body.email, body.password.get_secret_value(), device)
    await sessions.end_shown(request)
    sessions.cookie.set(response, begun.secret.text, lifetime=sessions.sessions.lifetime)
    return _current(sessions, begun.session)


@_routes.get("/session")
async def get_current_session(principal: BrowserDep, sessions: SessionsDep) -> CurrentSessionRead:
    """Show the browser's own session, with the token that its changes need."""
    return _current(sessions, await sessions.current(principal))


@_routes.delete("/session", status_code=_NO_CONTENT)
async def sign_out(principal: BrowserDep, sessions: SessionsDep, response: Response) -> None:
    """Sign this browser out. The cookie stops working everywhere at once."""
    await sessions.end(principal)
    sessions.cookie.clear(response)


@_routes.get("/browser-sessions")
async def list_browser_sessions(
    principal: SignedInDep, sessions: SessionsDep, session: ReadSessionDep
) -> Page[BrowserSessionRead]:
    """List the browsers that are signed in, the latest seen first."""
    generation = await _generation(session, sessions, principal)
    found = await sessions.of_user(principal.subject, generation)
    items = [BrowserSessionRead(**_shown(sessions, one)) for one in found]
    for item in items:
        item.is_current = item.id == principal.credential
    return Page(items=items, limit=sessions.sessions.most)


@_routes.delete("/browser-sessions/{browser_session_id}", status_code=_NO_CONTENT)
async def end_browser_session(
    principal: SignedInDep, browser_session_id: SessionId, sessions: SessionsDep
) -> None:
    """Sign a browser out."""
    await sessions.end_one(principal.subject, browser_session_id)


@_routes.delete("/browser-sessions", status_code=_NO_CONTENT)
async def end_browser_sessions(
    principal: SignedInDep,
    sessions: SessionsDep,
    response: Response,
    keep_current: KeepCurrent = False,  # noqa: FBT002  # a query parameter, given by name
) -> None:
    """Sign all browsers out, also while Redis is away."""
    users = sessions.users
    # Committed before the own session is renewed, which must not outlive a failed commit.
    async with users.database.session() as session:
        generation = await Sessions(users).end_browsers(session, principal.subject)
    if principal.method != "session":
        return
    if keep_current:
        await sessions.renew(principal, generation, response)
    else:
        sessions.cookie.clear(response)


async def _generation(
    session: AsyncSession, sessions: OpenedCookieSessions, principal: Principal
) -> int:
    model = sessions.users.users.model
    found = await session.scalar(
        select(model.browser_generation).where(model.id == principal.subject)
    )
    return found or 0  # nobody's, whose sessions have ended


def _shown(sessions: OpenedCookieSessions, session: BrowserSession) -> dict[str, Any]:
    return {
        "id": session.id,
        "created_at": session.created_at,
        "last_seen_at": session.seen_at,
        "expires_at": session.expires_at(sessions.sessions.idle),
        "user_agent": session.device.user_agent,
        "address": session.device.address,
    }


def _current(sessions: OpenedCookieSessions, session: BrowserSession) -> CurrentSessionRead:
    return CurrentSessionRead(
        **_shown(sessions, session),
        is_current=True,
        csrf_token=sessions.csrf.token(session.id),
    )

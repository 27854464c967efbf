"""The routes for people who are not signed in: registering, verifying, signing in, forgetting."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, status

from padstone.auth.users.dependencies import DeviceDep, UsersDep
from padstone.auth.users.entry_limits import LOGIN_LIMIT, MAIL_LIMIT, REFRESH_LIMIT
from padstone.auth.users.logins import Logins
from padstone.auth.users.password_changes import PasswordChanges
from padstone.auth.users.registrations import Registrations
from padstone.auth.users.schemas import (
    Accepted,
    EmailOnly,
    LinkUse,
    Login,
    PasswordReset,
    RefreshRequest,
    TokenPair,
    UserRegister,
)
from padstone.auth.users.sessions import Sessions, Tokens
from padstone.problems import problem_responses

__all__ = ["entry_routes", "register_route"]

entry_routes = APIRouter()
"""All but registering, whose body is the system's."""

MAILED = Accepted(
    detail="If this address can be mailed, a mail is on its way. Open the link in it."
)
"""The answer to everything that mails, whoever has the address."""

_ACCEPTED = status.HTTP_202_ACCEPTED
_NO_CONTENT = status.HTTP_204_NO_CONTENT


def register_route(body_model: type[UserRegister]) -> APIRouter:
    """The route that registers, with ``body_model`` as its body."""
    router = APIRouter()

    async def register_user(body: UserRegister, users: UsersDep) -> Accepted:
        """Register. A mail tells whoever has the address what to do next."""
        password = body.password.get_secret_value()
        await Registrations(users).register(body.email, password, _columns(body))
        return MAILED

    register_user.__annotations__["body"] = body_model
    router.add_api_route(
        "/register",
        register_user,
        methods=["POST"],
        status_code=_ACCEPTED,
        responses=problem_responses(503),
        dependencies=[MAIL_LIMIT],
    )
    return router


@entry_routes.post("/verify-email", status_code=_NO_CONTENT, dependencies=[LOGIN_LIMIT])
async def verify_email(body: LinkUse, users: UsersDep) -> None:
    """Verify an address by the token of the mailed link."""
    await Registrations(users).verify(body.token.get_secret_value())


@entry_routes.post("/resend-verification", status_code=_ACCEPTED, dependencies=[MAIL_LIMIT])
async def resend_verification(body: EmailOnly, users: UsersDep) -> Accepted:
    """Mail the link that verifies an address again."""
    await Registrations(users).resend(body.email)
    return MAILED


@entry_routes.post("/login", responses=problem_responses(401, 429), dependencies=[LOGIN_LIMIT])
async def log_in(body: Login, users: UsersDep, device: DeviceDep) -> TokenPair:
    """Sign in with an e-mail address and a password."""
    password = body.password.get_secret_value()
    return _pair(await Logins(users).login(body.email, password, device))


@entry_routes.post("/refresh", responses=problem_responses(401), dependencies=[REFRESH_LIMIT])
async def refresh_tokens(body: RefreshRequest, users: UsersDep) -> TokenPair:
    """Exchange a refresh token for new tokens.

    A token that was exchanged already ends the session, unless it comes again within seconds.
    """
    return _pair(await Sessions(users).refresh(body.refresh_token.get_secret_value()))


@entry_routes.post("/forgot-password", status_code=_ACCEPTED, dependencies=[MAIL_LIMIT])
async def forgot_password(body: EmailOnly, users: UsersDep) -> Accepted:
    """Mail a link to choose a new password."""
    await PasswordChanges(users).forgot(body.email)
    return MAILED


@entry_routes.post("/reset-password", status_code=_NO_CONTENT, dependencies=[LOGIN_LIMIT])
async def reset_password(body: PasswordReset, users: UsersDep) -> None:
    """Choose a new password by the token of the mailed link. It ends all sessions."""
    password = body.password.get_secret_value()
    await PasswordChanges(users).reset(body.token.get_secret_value(), password)


def _pair(tokens: Tokens) -> TokenPair:
    return TokenPair.model_validate(tokens)


def _columns(body: UserRegister) -> Mapping[str, Any]:
    """What a system's own fields say, to be written to the columns of these names."""
    # A field that says nothing leaves the column its own default.
    return body.model_dump(exclude=set(UserRegister.model_fields), exclude_none=True)

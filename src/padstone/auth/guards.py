"""Guards: FastAPI dependencies that say who is calling, and refuse who may not.

::

    @router.get("/credits")
    async def read_credits(principal: Annotated[Principal, Requires("credits:read")]): ...

    router = APIRouter(dependencies=[Requires("admin")])
"""

from collections.abc import Sequence
from typing import Annotated, Any, Protocol
from uuid import UUID

from fastapi import Depends, Security
from fastapi.openapi import models as openapi
from fastapi.security import SecurityScopes
from fastapi.security.base import SecurityBase
from starlette.requests import HTTPConnection

from padstone.auth.authenticator import ApiKeyAuthenticator
from padstone.errors import AuthError, PermissionDeniedError
from padstone.log.bindings import bind_actor
from padstone.principal import Principal
from padstone.state import opened

__all__ = [
    "AuthenticatorDep",
    "OptionalPrincipalDep",
    "PrincipalDep",
    "Requires",
    "SubjectDep",
    "authenticator_of",
    "credential_of",
    "principal_of",
    "principal_or_nobody",
    "require_scopes",
]


def authenticator_of(connection: HTTPConnection) -> ApiKeyAuthenticator:
    """The application's authenticator. ``UnavailableError`` where it has not started."""
    return opened(connection, "api_keys", ApiKeyAuthenticator)


def credential_of(connection: HTTPConnection) -> str:
    """What the caller shows: ``Authorization: Bearer …`` or ``X-API-Key: …``.

    Raises ``AuthError`` where there is nothing, and where there are two different things, since
    picking one of them would be guessing who is meant.
    """
    shown = set()
    for name, value in connection.scope["headers"]:
        if name == _API_KEY:
            shown.add(value.strip())
        elif name == _AUTHORIZATION:
            scheme, _, credential = value.strip().partition(b" ")
            shown.add(credential.strip() if scheme.lower() == b"bearer" else b"")
    if len(shown) != 1:
        raise AuthError
    return str(shown.pop(), "latin-1")


_API_KEY, _AUTHORIZATION = _HEADERS = (b"x-api-key", b"authorization")
_FOUND = "padstone.principal"  # in the scope, which is the request's own


class _Scheme(SecurityBase):
    """A way to show credentials, as the OpenAPI document names it; ``credential_of`` reads them."""

    def __init__(self, scheme_name: str, model: openapi.SecurityBase) -> None:
        self.scheme_name = scheme_name
        self.model = model

    async def __call__(self) -> None:
        return


_BEARER = _Scheme(
    "Bearer", openapi.HTTPBearer(description="An API key, as `Authorization: Bearer sk_live_…`.")
)
_HEADER = _Scheme(
    "ApiKey",
    openapi.APIKey(
        **{"in": openapi.APIKeyIn.header},
        name="X-API-Key",
        description="An API key, as `X-API-Key: sk_live_…`.",
    ),
)


async def _authenticator(connection: HTTPConnection) -> ApiKeyAuthenticator:
    return authenticator_of(connection)


class TokenAuthenticator(Protocol):
    """What knows access tokens: the application's users, where it has any."""

    async def authenticate(self, token: str) -> Principal: ...


class CookieAuthenticator(Protocol):
    """What knows browsers' cookies: the application's cookie sessions, where it has any."""

    def is_shown(self, connection: HTTPConnection) -> bool: ...

    async def authenticate(self, connection: HTTPConnection) -> Principal: ...


def _state(connection: HTTPConnection) -> dict[str, Any]:
    # The mapping behind ``connection.state``, whose attributes are slower to come by.
    found: dict[str, Any] = connection.scope.setdefault("state", {})
    return found


def _shows_header(connection: HTTPConnection) -> bool:
    return any(name in _HEADERS for name, _ in connection.scope["headers"])


def _cookies(connection: HTTPConnection) -> CookieAuthenticator | None:
    """What is to look at the cookie: a browser adds it unasked, so that a header goes before."""
    sessions: CookieAuthenticator | None = _state(connection).get("sessions")
    if sessions is None or _shows_header(connection) or not sessions.is_shown(connection):
        return None
    return sessions


async def _authenticate(connection: HTTPConnection) -> Principal:
    if (cookies := _cookies(connection)) is not None:
        return await cookies.authenticate(connection)
    credential = credential_of(connection)
    state = _state(connection)
    users: TokenAuthenticator | None = state.get("users")
    if users is None:
        return await authenticator_of(connection).authenticate(credential)
    # Told apart by form: a token has dots, and a key has none.
    if "." in credential:
        return await users.authenticate(credential)
    if state.get("api_keys") is None:
        raise AuthError
    return await authenticator_of(connection).authenticate(credential)


async def principal_of(connection: HTTPConnection) -> Principal:
    """Whoever is calling, for what stands outside FastAPI's routes. Raises ``AuthError``."""
    # Guards with different scopes are different dependencies to FastAPI, which asks each of them.
    known: Principal | None = connection.scope.get(_FOUND)
    if known is not None:
        return known
    principal = connection.scope[_FOUND] = await _authenticate(connection)
    _state(connection)["principal"] = principal
    bind_actor(principal.actor)
    return principal


async def _principal(
    connection: HTTPConnection,
    _bearer: Annotated[None, Depends(_BEARER)],
    _header: Annotated[None, Depends(_HEADER)],
) -> Principal:
    return await principal_of(connection)


AuthenticatorDep = Annotated[ApiKeyAuthenticator, Depends(_authenticator)]
"""The application's authenticator, for a route that forgets or checks keys itself."""

PrincipalDep = Annotated[Principal, Depends(_principal)]
"""Whoever is calling; 401 where nobody knows."""


async def _subject(principal: PrincipalDep) -> UUID:
    return principal.subject


SubjectDep = Annotated[UUID, Depends(_subject)]
"""Whose rows whoever is calling may reach: the id of the account or the user; 401 likewise."""


async def principal_or_nobody(connection: HTTPConnection) -> Principal | None:
    """The same, ``None`` where no credentials are shown, or a cookie that has ended."""
    # What is shown is checked: whoever believes to be signed in and is not should hear of it.
    if _shows_header(connection):
        return await principal_of(connection)
    if _cookies(connection) is None:
        return None
    try:
        return await principal_of(connection)
    except AuthError:
        # A browser shows its old cookie unasked, and no page can make it stop.
        return None


OptionalPrincipalDep = Annotated[Principal | None, Depends(principal_or_nobody)]
"""Whoever is calling, ``None`` where no credentials are shown, or a cookie that has ended; 401
where a header shows some that are no good."""


async def _permitted(needed: SecurityScopes, principal: PrincipalDep) -> Principal:
    require_scopes(principal, needed.scopes)
    return principal


def require_scopes(principal: Principal, scopes: Sequence[str]) -> None:
    """Raises ``PermissionDeniedError`` that names what is missing."""
    missing = [scope for scope in scopes if scope not in principal.scopes]
    if missing:
        raise PermissionDeniedError(
            f"These credentials lack the scope {' and the scope '.join(missing)}."
        )


def Requires(*scopes: str) -> Any:  # noqa: N802  # it stands where FastAPI's Depends stands
    """Whoever is calling, with all of ``scopes``; 401 where nobody knows, 403 where one is missing.

    The scopes stand in the operation's security requirement in the OpenAPI document.
    """
    return Security(_permitted, scopes=scopes)

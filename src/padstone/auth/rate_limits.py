"""Limits on routes: a FastAPI dependency that counts, and refuses who asks too often.

::

    @router.post("/search", dependencies=[RateLimited("60/minute", by="principal")])

    router = APIRouter(dependencies=[RateLimited("1000/hour", by="principal", name="api")])
"""

from collections.abc import Awaitable, Callable, Iterator
from inspect import isawaitable
from ipaddress import ip_address
from typing import Any, Literal

from fastapi import Depends, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from starlette.requests import HTTPConnection

from padstone.auth.guards import PrincipalDep, principal_of
from padstone.errors import RateLimitedError
from padstone.middleware import response_headers
from padstone.principal import Principal
from padstone.ratelimit import Limit, Verdict, limiter_of
from padstone.settings import Settings
from padstone.state import opened

__all__ = ["RateLimited", "caller_address", "count_request", "document_limits", "limit_of"]

By = Literal["principal", "address", "route"] | Callable[[HTTPConnection], Any]
Given = str | Limit | Callable[[Any], str | Limit]

_HOST_BITS = 64  # of an IPv6 address: whoever has one has the network of that size
_VERDICTS = "rate_limits"
_COUNTED = "rate_limits_counted"
_HEADERS = {
    "RateLimit-Limit": "How many may come at once.",
    "RateLimit-Remaining": "How many of them are left.",
    "RateLimit-Reset": "Seconds until all of them are there again.",
    "RateLimit-Policy": "The limits of this operation: how many in `w` seconds.",
}


def RateLimited(  # noqa: N802  # it stands where FastAPI's Depends stands
    limit: Given, *, by: By = "principal", strict: bool = False, name: str | None = None
) -> Any:
    """Refuses with 429 who comes more often than ``limit``, such as ``60/minute burst 10``.

    ``by`` says who is counted as one: the ``principal`` (a user, or an API key; 401 where nobody
    knows), the network ``address``, all callers of the ``route`` together, or what a function of
    the connection gives, awaited where it must be. ``limit`` may be a function of the settings.

    Each route counts for itself; limits that have the same ``name`` count together. While Redis
    does not answer each process counts alone, and allows but a share of a ``strict`` limit.

    Every answer says what is left, errors and streams too: ``RateLimit-Remaining`` and the like.
    Several limits on one route all count, and the answer names the one that is nearest.
    """
    if isinstance(limit, str):
        limit = Limit.parse(limit)
    counter = _Counter(limit, by, strict=strict, name=name)
    if by == "principal":
        return Depends(_ByPrincipal(counter))
    return Depends(_ByConnection(counter))


def limit_of(dependency: object) -> Callable[[HTTPConnection], Awaitable[None]] | None:
    """For what stands before FastAPI: how to count by a dependency of ``RateLimited``.

    ``None`` for any other dependency. Whoever counts again in the same request counts nothing.
    """
    return dependency.check if isinstance(dependency, _ByPrincipal | _ByConnection) else None


async def count_request(
    connection: HTTPConnection, key: str, limit: Limit, *, strict: bool = False
) -> None:
    """Counts once on ``key``, for a limit that is known only when the caller is, as a plan's.

    The answer says what is left. Raises ``RateLimitedError``. The route documents its 429 itself.
    """
    verdict = await limiter_of(connection).hit(key, limit, strict=strict)
    _announce(connection, verdict)
    if not verdict.allowed:
        raise RateLimitedError(retry_after=verdict.retry_after)


def caller_address(connection: HTTPConnection) -> str:
    """The network address that counts as one caller: of IPv6 the network, which has many.

    It is the peer's, or what TRUSTED_PROXIES say of it; no other header counts.
    """
    host = connection.client.host if connection.client else ""
    try:
        address = ip_address(host)
    except ValueError:  # a socket of the file system, or a test's
        return host
    if address.version == 4:  # noqa: PLR2004
        return str(address)
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped is not None:
        return str(mapped)
    return f"{ip_address(int(address) >> _HOST_BITS << _HOST_BITS)}/{_HOST_BITS}"


def document_limits(app: FastAPI, schema: dict[str, Any]) -> dict[str, Any]:
    """Adds, in place, the 429 and the headers to the operations that have limits."""
    for context in iter_route_contexts(app.routes):
        dependant = getattr(context, "dependant", None)
        if not isinstance(dependant, Dependant) or not any(_limits(dependant)):
            continue
        operations = schema.get("paths", {}).get(context.path_format, {})
        for method in context.methods or ():
            if operation := operations.get(method.lower()):
                _document(operation)
    return schema


class _Counter:
    """One limit, as it was declared."""

    def __init__(self, limit: Given, by: By, *, strict: bool, name: str | None) -> None:
        self._limit = limit
        self._by = by
        self._strict = strict
        self._name = name

    async def count(self, connection: HTTPConnection, who: str) -> None:
        """Counts ``who``, once in a request; ``RateLimitedError`` where that is too often."""
        counted: set[_Counter] = connection.scope.setdefault("state", {}).setdefault(
            _COUNTED, set()
        )
        if self in counted:
            return
        counted.add(self)
        limit = self._limit_for(connection)
        key = f"{self._name or _route(connection)}:{who}"
        await count_request(connection, key, limit, strict=self._strict)

    async def who(self, connection: HTTPConnection) -> str:
        """Who counts as one, where that is no principal."""
        if self._by == "address":
            return f"address:{caller_address(connection)}"
        if callable(self._by):
            found = self._by(connection)
            return f"own:{await found if isawaitable(found) else found}"
        return "all"

    def _limit_for(self, connection: HTTPConnection) -> Limit:
        limit = self._limit
        if callable(limit):
            limit = limit(opened(connection, "settings", Settings))
        return Limit.parse(limit) if isinstance(limit, str) else limit


class _ByPrincipal:
    def __init__(self, counter: _Counter) -> None:
        self._counter = counter

    async def __call__(self, connection: HTTPConnection, principal: PrincipalDep) -> None:
        await self._counter.count(connection, _one(principal))

    async def check(self, connection: HTTPConnection) -> None:
        await self(connection, await principal_of(connection))


class _ByConnection:
    def __init__(self, counter: _Counter) -> None:
        self._counter = counter

    async def __call__(self, connection: HTTPConnection) -> None:
        await self._counter.count(connection, await self._counter.who(connection))

    async def check(self, connection: HTTPConnection) -> None:
        await self(connection)


def _one(principal: Principal) -> str:
    # A user is one on all devices; of an account's keys each is one.
    is_key = principal.method == "api_key"
    return f"key:{principal.credential}" if is_key else f"user:{principal.subject}"


def _route(connection: HTTPConnection) -> str:
    scope = connection.scope
    context = scope.get("fastapi", {}).get("effective_route_context")
    path = getattr(context, "path", None) or getattr(scope.get("route"), "path", scope["path"])
    return f"{scope.get('method', '')} {path}"


def _announce(connection: HTTPConnection, verdict: Verdict) -> None:
    state = connection.scope.setdefault("state", {})
    verdicts: list[Verdict] = state.setdefault(_VERDICTS, [])
    verdicts.append(verdict)
    nearest = min(verdicts, key=lambda one: (one.allowed, one.remaining / one.limit.burst))
    policies = ", ".join(one.limit.policy for one in verdicts)
    response_headers(connection).update(nearest.headers() | {"RateLimit-Policy": policies})


def _limits(dependant: Dependant) -> Iterator[bool]:
    yield isinstance(dependant.call, _ByPrincipal | _ByConnection)
    for needed in dependant.dependencies:
        yield from _limits(needed)


def _document(operation: dict[str, Any]) -> None:
    responses = operation.setdefault("responses", {})
    responses.setdefault("429", {"description": "Too many requests."})
    for response in responses.values():
        headers = response.setdefault("headers", {})
        for name, description in _HEADERS.items():
            kind = "string" if name == "RateLimit-Policy" else "integer"
            headers.setdefault(name, {"description": description, "schema": {"type": kind}})

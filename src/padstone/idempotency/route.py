"""How an operation of FastAPI becomes idempotent.

Three moments of a request matter, and each has its own hook. The dependency reads the header and
comes by the session. The endpoint is wrapped, since only when it is called are all guards passed
and the body is validated: then the claim is taken, or the stored answer given. The route's handler
is wrapped, since it has the finished response while the session is still open: then it is stored.
"""

import functools
import hashlib
import inspect
from collections.abc import Callable, Coroutine, Sequence
from contextvars import ContextVar
from datetime import timedelta
from typing import Annotated, Any

from fastapi import Depends, Header, params
from fastapi.routing import APIRoute
from pydantic import AfterValidator
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from padstone.db import SessionDep
from padstone.idempotency.claims import Claim
from padstone.idempotency.columns import IdempotencyRecordColumns
from padstone.principal import Principal
from padstone.problems import problem_responses

__all__ = ["Idempotent", "IdempotentRoute"]

MAX_KEY_LENGTH = 255


def _visible(key: str) -> str:
    if not 1 <= len(key) <= MAX_KEY_LENGTH or not all("!" <= character <= "~" for character in key):
        raise ValueError(
            f"must be 1 to {MAX_KEY_LENGTH} visible ASCII characters without spaces, such as a UUID"
        )
    return key


KeyHeader = Annotated[
    Annotated[str, AfterValidator(_visible)] | None,
    Header(
        alias="Idempotency-Key",
        description="Any text of your own, such as a UUID. A repetition of the request with the "
        "same key gets the first answer again and has no further effect.",
        # The check is above, where its message says what would be right.
        json_schema_extra={"minLength": 1, "maxLength": MAX_KEY_LENGTH, "pattern": "^[!-~]+$"},
    ),
]


class _Exchange:
    """One request to an idempotent operation, from its handler's begin to its end."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.claim_with: Callable[..., Claim] | None = None
        self.claim: Claim | None = None
        self._transaction: object = None

    async def begin(self) -> Response | None:
        """The stored answer, or ``None`` where the operation is to be carried out."""
        principal = getattr(self.request.state, "principal", None)
        if not isinstance(principal, Principal):
            # Without one, strangers would be given each other's answers.
            raise TypeError("An idempotent operation needs a guard that says who is calling.")
        if self.claim_with is None:
            return None
        claim = self.claim_with(
            principal=str(principal.subject),
            operation=_operation(self.request.scope),
            request_hash=await _hash(self.request),
        )
        stored = await claim.take()
        if stored is None:
            self.claim = claim
            self._transaction = _transaction(claim.session)
        return stored

    async def end(self, response: Response) -> None:
        """Stores the answer of an operation that was carried out under a key."""
        if self.claim is None:
            return
        if _transaction(self.claim.session) is not self._transaction:
            raise RuntimeError(
                "An idempotent operation must not commit or roll back: its answer would not be "
                "stored together with what it did."
            )
        await self.claim.keep(response)


_exchange: ContextVar[_Exchange | None] = ContextVar("padstone_idempotency", default=None)


class _Header:
    """The dependency: what the request says, and where its answer would be stored."""

    def __init__(self, model: type[IdempotencyRecordColumns], lifetime: timedelta) -> None:
        self.model = model
        self.lifetime = lifetime

    async def __call__(self, session: SessionDep, key: KeyHeader = None) -> None:
        exchange = _exchange.get()
        if exchange is None:
            raise TypeError(
                "Idempotent(…) stands in the dependencies of an operation whose router has "
                "route_class=IdempotentRoute."
            )
        if key is not None:
            exchange.claim_with = functools.partial(
                Claim, model=self.model, session=session, lifetime=self.lifetime, key=key
            )


def Idempotent(  # noqa: N802  # used like FastAPI's Depends
    model: type[IdempotencyRecordColumns], *, lifetime: timedelta = timedelta(hours=24)
) -> Any:
    """A dependency that makes its operation idempotent for requests with an ``Idempotency-Key``.

    Put it into an operation's ``dependencies``, in a router with ``route_class=IdempotentRoute``.
    Answers are kept in ``model``'s table for ``lifetime``. The operation has a guard, so that keys
    of different callers are apart; it uses ``SessionDep`` and leaves the commit to it.
    """
    return Depends(_Header(model, lifetime))


class IdempotentRoute(APIRoute):
    """The route class of routers with idempotent operations; the others are as ever."""

    def __init__(
        self,
        path: str,
        endpoint: Callable[..., Any],
        *,
        dependencies: Sequence[params.Depends] | None = None,
        responses: dict[int | str, dict[str, Any]] | None = None,
        **options: Any,
    ) -> None:
        self._is_idempotent = any(isinstance(d.dependency, _Header) for d in dependencies or ())
        if self._is_idempotent:
            endpoint = _once(endpoint)
            responses = {**problem_responses(409, 422), **(responses or {})}
        super().__init__(path, endpoint, dependencies=dependencies, responses=responses, **options)
        if self._is_idempotent and isinstance(
            getattr(self.body_field, "field_info", None), params.Form
        ):
            # The form's parser leaves no bytes to compare.
            raise TypeError(f"{endpoint.__name__}: an idempotent operation takes no form.")

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()
        if not self._is_idempotent:
            return handler

        async def handle(request: Request) -> Response:
            exchange = _Exchange(request)
            token = _exchange.set(exchange)
            try:
                response = await handler(request)
                await exchange.end(response)
            finally:
                _exchange.reset(token)
            return response

        return handle


def _once(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    if not inspect.iscoroutinefunction(endpoint):
        raise TypeError(f"{endpoint.__name__}: an idempotent operation is an `async def`.")

    @functools.wraps(endpoint)
    async def once(**values: Any) -> Any:
        exchange = _exchange.get()
        stored = await exchange.begin() if exchange is not None else None
        return await endpoint(**values) if stored is None else stored

    return once


def _operation(scope: Scope) -> str:
    # The template with the prefixes of all routers; a route outside of any has only its own.
    context = scope.get("fastapi", {}).get("effective_route_context")
    path = getattr(context, "path", None) or scope["route"].path
    return f"{scope['method']} {scope.get('root_path', '')}{path}"


async def _hash(request: Request) -> bytes:
    digest = hashlib.sha256()
    path = request.scope["path"].encode(errors="surrogatepass")
    for part in (path, request.scope["query_string"], await request.body()):
        # With its length, so that no byte can move from one part to the next.
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.digest()


def _transaction(session: AsyncSession) -> object:
    return session.sync_session.get_transaction()

"""The outermost layer: what holds for every request, whatever happens inside."""

import re
import time
from collections.abc import Awaitable, Iterable
from os import urandom
from typing import Any

import structlog
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from padstone.log.access import ACCESS
from padstone.log.bindings import bind_request
from padstone.middleware.constant_headers import ConstantHeaders
from padstone.middleware.metrics import Metrics
from padstone.middleware.proxies import TrustedProxies
from padstone.principal import Principal
from padstone.problems.handlers import internal_error
from padstone.shutdown import Shutdown

__all__ = ["RequestContext"]

# Letters, digits and a little punctuation: nothing that could forge a log line or a header.
_WELL_FORMED = re.compile(rb"[A-Za-z0-9._\-]{8,128}").fullmatch
CLIENT_CLOSED_REQUEST = 499  # nginx's number for a client that left before the answer

_log = structlog.get_logger("padstone.access")


class RequestContext:
    """Request id, log line, timing, metrics, security headers, and a problem for what escapes.

    It stands outside Starlette's own error layer, so that an unexpected error too has its id, its
    line and its problem body.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        metrics: Metrics,
        headers: Iterable[tuple[bytes, bytes]],
        trusted_proxies: Iterable[str] = (),
    ) -> None:
        self.app = app
        self.metrics = metrics
        self.headers = ConstantHeaders(headers)
        self.proxies = TrustedProxies(trusted_proxies) if trusted_proxies else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._other(scope, receive, send)
            return
        if self.proxies is not None:
            self.proxies.correct(scope)
        exchange = _Exchange(scope, send, self.headers)
        bind_request(exchange.request_id)
        self.metrics.started()
        try:
            await self.app(scope, receive, exchange.send)
        except Exception as error:  # noqa: BLE001  # nothing stands outside that could do better
            await exchange.fail(error)
        finally:
            seconds = time.perf_counter() - exchange.began
            route = _template(scope)
            self.metrics.finished(scope["method"], route, exchange.status, seconds)
            _write_line(scope, exchange, route, seconds)

    async def _other(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A socket; or the lifespan, within which the lines of requests may wait a moment."""
        if scope["type"] != "lifespan":
            await self.app(scope, receive, send)
            return

        async def send_starting(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete":
                ACCESS.hold()
            await send(message)

        try:
            await self.app(scope, receive, send_starting)
        finally:
            ACCESS.release()


class _Exchange:
    """One request and its response, as far as this layer cares."""

    __slots__ = (
        "_headers",
        "_send",
        "began",
        "bytes_sent",
        "request_id",
        "scope",
        "started",
        "status",
    )

    def __init__(self, scope: Scope, send: Send, headers: ConstantHeaders) -> None:
        self.began = time.perf_counter()
        self.scope = scope
        self.status = CLIENT_CLOSED_REQUEST
        self.started = False
        self.bytes_sent = 0
        self.request_id = _request_id(scope)
        self._send = send
        self._headers = headers
        scope.setdefault("state", {})["request_id"] = self.request_id

    def send(self, message: Message) -> Awaitable[None]:
        """Sends on. It is no coroutine of its own, which would cost as much as what it does."""
        if message["type"] == "http.response.start":
            self.started = True
            self.status = message["status"]
            message["headers"] = self._complete(message.get("headers", ()))
        elif message["type"] == "http.response.body":
            self.bytes_sent += len(message.get("body", b""))
        return self._send(message)

    async def fail(self, error: Exception) -> None:
        """Logs what nobody caught, and answers where nothing was answered yet."""
        _log.error("unhandled error", exc_info=error)
        if not self.started:
            response = internal_error(Request(self.scope))
            await response(self.scope, _nothing, self.send)

    def _complete(self, headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        own = self._headers.complete(self.scope, headers)
        milliseconds = (time.perf_counter() - self.began) * 1000
        own.append((b"x-request-id", self.request_id.encode()))
        own.append((b"server-timing", b"app;dur=%.2f" % milliseconds))
        if _is_last(self.scope):
            own.append((b"connection", b"close"))
        return own


def _is_last(scope: Scope) -> bool:
    # A client that keeps its connection would ask once more, and find it closed.
    shutdown = scope["state"].get("shutdown")
    if not isinstance(shutdown, Shutdown) or not shutdown.is_asked:
        return False
    return bool(scope.get("http_version", "1.1").startswith("1"))  # later ones have no such header


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _WELL_FORMED(value):
            return str(value.decode())
    return urandom(16).hex()


def _template(scope: Scope) -> str:
    """The route's template with every prefix, such as ``/api/v1/keys/{key_id}``."""
    context = scope.get("fastapi", {}).get("effective_route_context")
    # As the OpenAPI document writes it: a parameter without its convertor.
    path = _format(context) or _format(scope.get("route"))
    return str(path) if path else "unmatched"


def _format(route: object) -> str | None:
    return getattr(route, "path_format", None) or getattr(route, "path", None)


def _write_line(scope: Scope, exchange: _Exchange, route: str, seconds: float) -> None:
    write = ACCESS.writer()
    if write is None:
        return
    client: Any = scope.get("client")
    fields = {
        "method": scope["method"],
        "path": scope["path"],
        "route": route,
        "status": exchange.status,
        "duration_ms": round(seconds * 1000, 2),
        "bytes": exchange.bytes_sent,
        "client": client[0] if client else None,
        "request_id": exchange.request_id,
    }
    # Read from the request's state, not from the log context: a guard that runs in a thread or a
    # task of its own has a context of its own.
    principal = scope["state"].get("principal")
    if isinstance(principal, Principal):
        fields["actor"] = principal.actor
    write(fields)


async def _nothing() -> Message:
    return {"type": "http.disconnect"}

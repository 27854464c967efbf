"""The outermost layer: what holds for every request, whatever happens inside."""

import re
import time
from collections.abc import Iterable
from secrets import token_hex
from typing import Any

import structlog
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from padstone.middleware.metrics import Metrics
from padstone.middleware.proxies import TrustedProxies
from padstone.middleware.response_headers import later_headers
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
        self.headers = tuple(headers)
        self.proxies = TrustedProxies(trusted_proxies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        self.proxies.correct(scope)
        exchange = _Exchange(scope, send, self.headers)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=exchange.request_id)
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


class _Exchange:
    """One request and its response, as far as this layer cares."""

    def __init__(self, scope: Scope, send: Send, headers: tuple[tuple[bytes, bytes], ...]) -> None:
        self.began = time.perf_counter()
        self.scope = scope
        self.status = CLIENT_CLOSED_REQUEST
        self.started = False
        self.bytes_sent = 0
        self.request_id = _request_id(scope)
        self._send = send
        self._headers = headers
        scope.setdefault("state", {})["request_id"] = self.request_id

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            self.status = message["status"]
            message["headers"] = self._complete(message.get("headers", ()))
        elif message["type"] == "http.response.body":
            self.bytes_sent += len(message.get("body", b""))
        await self._send(message)

    async def fail(self, error: Exception) -> None:
        """Logs what nobody caught, and answers where nothing was answered yet."""
        _log.error("unhandled error", exc_info=error)
        if not self.started:
            response = internal_error(Request(self.scope))
            await response(self.scope, _nothing, self.send)

    def _complete(self, headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        own = list(headers)
        present = {name.lower() for name, _ in own}
        more = (*later_headers(self.scope), *self._headers)
        own += [pair for pair in more if pair[0] not in present]
        milliseconds = (time.perf_counter() - self.began) * 1000
        own.append((b"x-request-id", self.request_id.encode()))
        own.append((b"server-timing", b"app;dur=%.2f" % milliseconds))
        if _is_last(self.scope):
            own.append((b"connection", b"close"))
        return own


def _is_last(scope: Scope) -> bool:
    # A client that keeps its connection would ask once more, and find it closed.
    shutdown = scope["state"].get("shutdown")
    is_old = scope.get("http_version", "1.1").startswith("1")  # later ones have no such header
    return isinstance(shutdown, Shutdown) and shutdown.is_asked and is_old


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _WELL_FORMED(value):
            return str(value.decode())
    return token_hex(16)


def _template(scope: Scope) -> str:
    """The route's template with every prefix, such as ``/api/v1/keys/{key_id}``."""
    context = scope.get("fastapi", {}).get("effective_route_context")
    # As the OpenAPI document writes it: a parameter without its convertor.
    path = _format(context) or _format(scope.get("route"))
    return str(path) if path else "unmatched"


def _format(route: object) -> str | None:
    return getattr(route, "path_format", None) or getattr(route, "path", None)


def _write_line(scope: Scope, exchange: _Exchange, route: str, seconds: float) -> None:
    # Read from the request's state, not from the log context: a guard that runs in a thread or a
    # task of its own has a context of its own.
    principal = scope["state"].get("principal")
    client: Any = scope.get("client")
    _log.info(
        "request",
        method=scope["method"],
        path=scope["path"],
        route=route,
        status=exchange.status,
        duration_ms=round(seconds * 1000, 2),
        bytes=exchange.bytes_sent,
        client=client[0] if client else None,
        request_id=exchange.request_id,
        **({"actor": principal.actor} if isinstance(principal, Principal) else {}),
    )


async def _nothing() -> Message:
    return {"type": "http.disconnect"}

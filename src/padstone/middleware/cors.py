"""Browsers of other origins, at no cost for whoever is no browser."""

from collections import OrderedDict
from collections.abc import Awaitable
from typing import Any

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Cors"]

RawHeaders = list[tuple[bytes, bytes]]

_MOST = 256  # origins whose headers are remembered, each of at most so many bytes


class Cors:
    """Starlette's ``CORSMiddleware``, which is asked once for each origin, and for each preflight.

    An answer to nobody's origin gets the one header that Starlette gives it, by which a cache knows
    that a browser of another origin would have been answered otherwise.
    """

    def __init__(self, app: ASGIApp, **options: Any) -> None:
        self.app = app
        self._asked = CORSMiddleware(app, **options)
        self._known: OrderedDict[bytes | None, RawHeaders] = OrderedDict()

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != "http":
            return self.app(scope, receive, send)
        origin = None
        for name, value in scope["headers"]:
            if name == b"origin":
                origin = value
                break  # Starlette takes the first one, too
        if origin is not None and (scope["method"] == "OPTIONS" or len(origin) > _MOST):
            return self._asked(scope, receive, send)

        def send_more(message: Message) -> Awaitable[None]:
            if message["type"] != "http.response.start":
                return send(message)
            headers = message["headers"] = list(message.get("headers", ()))
            added = self._known.get(origin) if _are_apart(headers) else None
            if added is None:
                return self._send_asking(message, send, origin)
            headers += added
            return send(message)

        return self.app(scope, receive, send_more)

    async def _send_asking(self, message: Message, send: Send, origin: bytes | None) -> None:
        """Sends what Starlette makes of it, and remembers what it adds to an answer."""
        asked = Headers(raw=[] if origin is None else [(b"origin", origin)])
        if origin not in self._known:
            alone: Message = {"type": "http.response.start", "status": 200, "headers": []}
            await self._asked.send(alone, _keep, asked)
            self._known[origin] = list(alone["headers"])
            if len(self._known) > _MOST:
                self._known.popitem(last=False)
        await self._asked.send(message, send, asked)


async def _keep(_message: Message) -> None:
    """The message has been changed in place."""


def _are_apart(headers: RawHeaders) -> bool:
    """Whether none of them has to be merged with what is added."""
    for name, _ in headers:  # noqa: SIM110  # a generator would take twice as long
        if name == b"vary" or name.startswith(b"access-control-"):
            return False
    return True

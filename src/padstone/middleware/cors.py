"""Browsers of other origins, at no cost for whoever is no browser."""

from collections.abc import Awaitable
from typing import Any

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Cors"]

_FROM_NOWHERE = Headers(raw=[])
_VARY = (b"vary", b"Origin")


class Cors:
    """Starlette's ``CORSMiddleware``, asked only where a request names its origin.

    Any other answer gets the one header that Starlette gives it, by which a cache knows that a
    browser of another origin would have been answered otherwise.
    """

    def __init__(self, app: ASGIApp, **options: Any) -> None:
        self.app = app
        self._asked = CORSMiddleware(app, **options)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != "http":
            return self.app(scope, receive, send)
        for name, _ in scope["headers"]:
            if name == b"origin":
                return self._asked(scope, receive, send)

        def send_varying(message: Message) -> Awaitable[None]:
            if message["type"] != "http.response.start":
                return send(message)
            headers = message["headers"] = list(message.get("headers", ()))
            for name, _ in headers:
                if name == b"vary":
                    return self._asked.send(message, send, _FROM_NOWHERE)
            headers.append(_VARY)
            return send(message)

        return self.app(scope, receive, send_varying)

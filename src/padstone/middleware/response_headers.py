"""Headers that an answer will carry, whatever it turns out to be."""

from starlette.requests import HTTPConnection
from starlette.types import Scope

__all__ = ["later_headers", "response_headers"]

_NAME = "response_headers"


def response_headers(connection: HTTPConnection) -> dict[str, str]:
    """To be written to by dependencies: errors, streams and unexpected ends carry them too.

    A header that the answer has by itself is left as it is.
    """
    found: dict[str, str] = connection.scope.setdefault("state", {}).setdefault(_NAME, {})
    return found


def later_headers(scope: Scope) -> list[tuple[bytes, bytes]]:
    """What was written so far, in ASGI's form."""
    headers: dict[str, str] = scope["state"].get(_NAME, {})
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]

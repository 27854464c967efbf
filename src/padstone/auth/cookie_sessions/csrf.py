"""Requests that another site made a browser send, with the cookie that the browser adds.

Two things are asked of a request that shows nothing but the cookie. It comes from this origin or
from one of ALLOWED_ORIGINS, as far as the browser says from where (``Sec-Fetch-Site``, ``Origin``).
And if its method may change something, it has the session's token in a header, which another site
can neither know nor send. ``SameSite=Lax`` keeps most of them away before.
"""

import base64
import re
from uuid import UUID

from starlette.requests import HTTPConnection

from padstone.auth.users.derived_keys import DerivedKeys
from padstone.errors import PermissionDeniedError
from padstone.settings import UserSettings

__all__ = ["CSRF_HEADER", "Csrf", "CsrfError"]

CSRF_HEADER = "X-CSRF-Token"
"""Where the token stands."""

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_WELL_FORMED = re.compile(r"[A-Za-z0-9_-]{43}").fullmatch


class CsrfError(PermissionDeniedError):
    code = "csrf_failed"
    detail = "Send the session's token, which GET …/auth/session answers, as X-CSRF-Token."


class Csrf:
    """Makes the tokens of sessions, and refuses what came without."""

    def __init__(self, settings: UserSettings) -> None:
        self._keys = DerivedKeys(settings, "csrf")
        # A * among them lets nobody in: whose cookie counts is named.
        self._origins = frozenset(settings.ALLOWED_ORIGINS)
        self._is_deployed = settings.is_deployed

    def token(self, session_id: UUID) -> str:
        """The token of a session, for as long as it lives."""
        signature = self._keys.sign(session_id.bytes)
        return base64.urlsafe_b64encode(signature).decode().rstrip("=")

    def check(self, connection: HTTPConnection, session_id: UUID) -> None:
        """Raises ``CsrfError`` where the request may not be its user's own doing."""
        self.check_origin(connection)
        if _is_safe(connection) or self._has_token(connection, session_id):
            return
        raise CsrfError

    def check_origin(self, connection: HTTPConnection) -> None:
        """Raises ``CsrfError`` where the browser says that it came from somebody else."""
        if not self._is_ours(connection):
            raise CsrfError("The request came from an origin that is none of ALLOWED_ORIGINS.")

    def _is_ours(self, connection: HTTPConnection) -> bool:
        site, origin = (connection.headers.get(name) for name in ("sec-fetch-site", "origin"))
        if site == "same-origin":
            return True
        if origin is None:
            # A link leads here from everywhere. What is no browser says nothing at all.
            return _is_safe(connection) or site in {None, "none"}
        return origin in self._origins or origin == self._own_origin(connection)

    def _own_origin(self, connection: HTTPConnection) -> str:
        # Behind a proxy that ends TLS we are asked by http, and yet browsers know us by https.
        is_tls = self._is_deployed or connection.url.scheme in {"https", "wss"}
        host = connection.headers.get("host", "")
        return f"{'https' if is_tls else 'http'}://{host}"

    def _has_token(self, connection: HTTPConnection, session_id: UUID) -> bool:
        shown = connection.headers.getlist(CSRF_HEADER)
        if len(shown) != 1 or not _WELL_FORMED(shown[0]):
            return False
        return self._keys.is_signed(session_id.bytes, base64.urlsafe_b64decode(f"{shown[0]}="))


def _is_safe(connection: HTTPConnection) -> bool:
    # A socket is opened by a GET, to which no page can add a header; browsers always name its
    # origin.
    return connection.scope.get("method", "GET") in _SAFE

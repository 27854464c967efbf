"""Access tokens: JWTs that name a session, and nothing that could grow stale.

What a user may do and whether the session lives is asked of the database, so a token is a signed
pointer. The form is that of RFC 9068: type ``at+jwt``, one algorithm, one audience.
"""

import base64
import hashlib
import secrets
import time
from typing import Any, NamedTuple
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from padstone.auth.users.derived_keys import DerivedKeys
from padstone.settings import UserSettings

__all__ = ["AccessToken", "AccessTokens"]

_ALGORITHM = "HS256"
_TYPE = "at+jwt"
_HEADER = {"alg", "kid", "typ"}
_LONGEST = 2048  # ours have about 430 characters
_CLOCKS_DIFFER = 60  # seconds, between the hosts of one system
_MOST_KNOWN = 10_000  # tokens whose signature is not checked again


class AccessToken(NamedTuple):
    """What a token says, once it is believed. ``expires_at`` is in seconds of the epoch."""

    user_id: UUID
    session_id: UUID
    expires_at: int


class AccessTokens:
    """Makes access tokens, and believes its own.

    Issuer and audience are the system: a token of another system that happens to have the same
    SECRET_KEY is refused.
    """

    def __init__(self, settings: UserSettings) -> None:
        self._system = settings.SYSTEM
        self._seconds = settings.ACCESS_TOKEN_SECONDS
        derived = [OctKey.import_key(key) for key in DerivedKeys(settings, "access-token")]
        self._current = _key_id(derived[0])
        self._keys = {_key_id(key): key for key in derived}
        self._known: dict[bytes, AccessToken] = {}  # by the token's hash

    def issue(self, user_id: UUID, session_id: UUID, *, at_most: float) -> tuple[str, int]:
        """A token, and for how many seconds it works; never beyond ``at_most``, of the epoch."""
        now = int(time.time())
        seconds = max(0, min(self._seconds, int(at_most) - now))
        claims = {
            "iss": self._system,
            "aud": self._system,
            "sub": str(user_id),
            "sid": str(session_id),
            "jti": secrets.token_urlsafe(12),
            "iat": now,
            "exp": now + seconds,
        }
        header = {"alg": _ALGORITHM, "typ": _TYPE, "kid": self._current}
        key = self._keys[self._current]
        return jwt.encode(header, claims, key, algorithms=[_ALGORITHM]), seconds

    def read(self, text: str) -> AccessToken | None:
        """What ``text`` says, or ``None`` where it is not a token of ours that works now."""
        if len(text) > _LONGEST or not text.isascii():
            return None
        digest = hashlib.sha256(text.encode()).digest()
        known = self._known.get(digest)
        if known is None:
            known = self._read(text)
            if known is not None:
                self._remember(digest, known)
        elif time.time() >= known.expires_at:
            del self._known[digest]
            return None
        return known

    def _read(self, text: str) -> AccessToken | None:
        try:
            token = jwt.decode(text, self._key_of, algorithms=[_ALGORITHM])
        except (JoseError, ValueError):
            return None
        return self._believed(token.header, token.claims)

    def _remember(self, digest: bytes, token: AccessToken) -> None:
        if len(self._known) >= _MOST_KNOWN:
            del self._known[next(iter(self._known))]  # the one that was seen first
        self._known[digest] = token

    def _key_of(self, token: Any) -> OctKey:
        # Nothing that the header points to is ever followed: the key is one of ours, or none.
        header = token.headers()
        key = self._keys.get(header.get("kid"))
        if key is None or set(header) != _HEADER:
            raise ValueError("not made by us")
        return key

    def _believed(self, header: dict[str, Any], claims: dict[str, Any]) -> AccessToken | None:
        issued, expires = claims.get("iat"), claims.get("exp")
        now = time.time()
        if (
            header.get("typ") != _TYPE
            or claims.get("iss") != self._system
            or claims.get("aud") != self._system
            or type(issued) is not int
            or type(expires) is not int
            or not issued - _CLOCKS_DIFFER <= now < expires
            or not claims.get("jti")
        ):
            return None
        try:
            return AccessToken(UUID(claims["sub"]), UUID(claims["sid"]), expires)
        except (KeyError, TypeError, ValueError, AttributeError):
            return None


def _key_id(key: OctKey) -> str:
    """A name for ``key`` that tells nothing of it."""
    digest = hashlib.sha256(b"padstone.auth.users.key-id" + key.raw_value).digest()
    return base64.urlsafe_b64encode(digest[:9]).decode()

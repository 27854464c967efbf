"""What a browser keeps: the id of its session, by which it is found, and a secret.

``cs_`` and base64url of 48 bytes: the id, and 256 random bits. Stored is the SHA-256 of the secret:
nobody who reads Redis can make a cookie of it, and what is random needs no slow hash.
"""

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from typing import Self
from uuid import UUID

__all__ = ["CookieSecret"]

_PREFIX = "cs_"
_ID, _SECRET = 16, 32  # bytes
_WELL_FORMED = re.compile(rf"{_PREFIX}[A-Za-z0-9_-]{{64}}").fullmatch


@dataclass(frozen=True, slots=True)
class CookieSecret:
    """The session that a cookie names, and the text of the cookie."""

    session_id: UUID
    text: str = field(repr=False)
    digest: bytes = field(repr=False)

    @classmethod
    def new(cls, session_id: UUID) -> Self:
        """With a secret from the operating system's random source."""
        return cls._of(session_id.bytes + secrets.token_bytes(_SECRET))

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """What ``text`` is, or ``None`` where it has not the form of our cookies."""
        if not _WELL_FORMED(text):
            return None
        return cls._of(base64.urlsafe_b64decode(text.removeprefix(_PREFIX)))

    def fits(self, digest: bytes) -> bool:
        """Whether ``digest`` is that of this secret, in a time that tells nothing."""
        return hmac.compare_digest(self.digest, digest)

    @classmethod
    def _of(cls, raw: bytes) -> Self:
        text = _PREFIX + base64.urlsafe_b64encode(raw).decode()
        return cls(UUID(bytes=raw[:_ID]), text, hashlib.sha256(raw[_ID:]).digest())

"""Refresh tokens: a session, its generation, and our signature under both.

``rt_`` and base64url of 56 bytes: the session's id, the generation, HMAC-SHA-256. The database
holds the first two, which are no secrets; whoever reads it can make no token.
"""

import base64
import re
from typing import NamedTuple
from uuid import UUID

from padstone.auth.users.derived_keys import DerivedKeys
from padstone.settings import UserSettings

__all__ = ["RefreshToken", "RefreshTokens"]

_PREFIX = "rt_"
_ID, _GENERATION = 16, 8  # bytes
_WELL_FORMED = re.compile(rf"{_PREFIX}[A-Za-z0-9_-]{{75}}").fullmatch


class RefreshToken(NamedTuple):
    """What a token says, once it is believed."""

    session_id: UUID
    generation: int


class RefreshTokens:
    """Makes refresh tokens, and believes its own. It does not know whether they still count."""

    def __init__(self, settings: UserSettings) -> None:
        self._keys = DerivedKeys(settings, "refresh-token")

    def issue(self, session_id: UUID, generation: int) -> str:
        """The token of this generation; always the same one."""
        message = session_id.bytes + generation.to_bytes(_GENERATION, "big")
        signed = message + self._keys.sign(message)
        return _PREFIX + base64.urlsafe_b64encode(signed).decode().rstrip("=")

    def read(self, text: str) -> RefreshToken | None:
        """What ``text`` says, or ``None`` where it is not a token of ours."""
        if not _WELL_FORMED(text):
            return None
        signed = base64.urlsafe_b64decode(text.removeprefix(_PREFIX) + "=")
        message, signature = signed[: _ID + _GENERATION], signed[_ID + _GENERATION :]
        if not self._keys.is_signed(message, signature):
            return None
        return RefreshToken(UUID(bytes=message[:_ID]), int.from_bytes(message[_ID:], "big"))

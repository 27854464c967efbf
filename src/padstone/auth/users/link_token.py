"""What a mailed link carries: a token that works once, for a while, without a table.

Signed are the purpose, the user, the end, and a fingerprint of what the link is to change: the
address, whether it is verified, and the password. The link's own effect changes that, and so does
every other change of it; then the signature fits no more.

``base64url`` of 56 bytes: the user's id, the end in seconds of the epoch, HMAC-SHA-256.
"""

import base64
import re
import time
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from padstone.auth.users.columns import UserColumns
from padstone.auth.users.derived_keys import DerivedKeys
from padstone.settings import UserSettings

__all__ = ["LinkPurpose", "LinkToken", "LinkTokens"]

_ID, _END = 16, 8  # bytes
_WELL_FORMED = re.compile(r"[A-Za-z0-9_-]{75}").fullmatch


class LinkPurpose(StrEnum):
    """What a link is good for, and nothing else."""

    VERIFY_EMAIL = "verify-email"
    RESET_PASSWORD = "reset-password"  # noqa: S105  # a name


class LinkToken(NamedTuple):
    """A token as it came in. Nothing is known of it before ``LinkTokens.fits``."""

    user_id: UUID
    message: bytes
    signature: bytes


class LinkTokens:
    """Makes the tokens of mailed links, and says which of them still fit."""

    def __init__(self, settings: UserSettings) -> None:
        self._keys = {
            purpose: DerivedKeys(settings, f"link.{purpose.value}") for purpose in LinkPurpose
        }
        self._seconds = {
            LinkPurpose.VERIFY_EMAIL: settings.EMAIL_VERIFICATION_SECONDS,
            LinkPurpose.RESET_PASSWORD: settings.PASSWORD_RESET_SECONDS,
        }

    def issue(self, purpose: LinkPurpose, user: UserColumns) -> str:
        """A token for ``user`` as the row is now."""
        end = int(time.time()) + self._seconds[purpose]
        message = user.id.bytes + end.to_bytes(_END, "big")
        signature = self._keys[purpose].sign(message + _fingerprint(user))
        return base64.urlsafe_b64encode(message + signature).decode().rstrip("=")

    def read(self, text: str) -> LinkToken | None:
        """The parts of ``text``, or ``None`` where it has not their form or its time is over."""
        if not _WELL_FORMED(text):
            return None
        raw = base64.urlsafe_b64decode(text + "=")
        message, signature = raw[: _ID + _END], raw[_ID + _END :]
        if int.from_bytes(message[_ID:], "big") <= time.time():
            return None
        return LinkToken(UUID(bytes=message[:_ID]), message, signature)

    def fits(self, purpose: LinkPurpose, token: LinkToken, user: UserColumns) -> bool:
        """Whether we made ``token`` for this purpose and for ``user`` as the row is now."""
        keys = self._keys[purpose]
        return keys.is_signed(token.message + _fingerprint(user), token.signature)


def _fingerprint(user: UserColumns) -> bytes:
    verified = user.email_verified_at
    state: list[Any] = [
        user.id.hex,
        user.email,
        verified.isoformat() if verified else "",
        user.password_hash or "",
    ]
    return "\0".join(state).encode()

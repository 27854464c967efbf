"""Cursors: the place in a list where a page ended, as a text that only we can write.

A cursor is base64url of a version byte, a MAC and the place's values as JSON. The MAC covers the
list too (its ordering and its scope), though the cursor does not hold it: a cursor that was given
for another list, owner or filter is refused like a forged one.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any
from uuid import UUID

import orjson
from pydantic import SecretStr

from padstone.errors import FieldError, ValidationError

__all__ = ["BadCursorError", "CursorSigner"]

_VERSION = b"\x01"
_MAC_SIZE = hashlib.sha256().digest_size
_LABEL = b"padstone.pages.cursor"  # keeps this key apart from others made of the same secret

# How each type is written, and how read again.
_WRITE: dict[type, tuple[str, Callable[[Any], Any]]] = {
    bool: ("b", bool),
    date: ("d", date.isoformat),
    datetime: ("t", datetime.isoformat),
    Decimal: ("n", str),
    float: ("f", float.hex),  # in full, so that the place is the row's own
    int: ("i", int),
    str: ("s", str),
    type(None): ("0", lambda _: None),
    UUID: ("u", str),
}
_READ: dict[str, Callable[[Any], Any]] = {
    "b": bool,
    "d": date.fromisoformat,
    "t": datetime.fromisoformat,
    "n": Decimal,
    "f": float.fromhex,
    "i": int,
    "s": str,
    "0": lambda _: None,
    "u": UUID,
}


class BadCursorError(ValidationError):
    """The cursor was not made for this list, or not by us."""

    code = "bad_cursor"
    detail = "The cursor does not belong to this list."

    def __init__(self) -> None:
        message = "does not belong to this list; start again without it"
        super().__init__(errors=[FieldError("query.cursor", message, self.code)])


class CursorSigner:
    """Writes and reads cursors with a key that is derived from SECRET_KEY.

    A changed SECRET_KEY makes all cursors unreadable, and walks start again.
    """

    def __init__(self, secret: SecretStr) -> None:
        self._key = hmac.digest(secret.get_secret_value().encode(), _LABEL, hashlib.sha256)

    def write(self, values: Sequence[object], *, context: Sequence[object]) -> str:
        """The cursor for a place in the list that ``context`` describes.

        Raises ``TypeError`` for a value that is no UUID, datetime, date, int, float, Decimal,
        text, boolean or ``None``.
        """
        payload = orjson.dumps([_tagged(value) for value in values])
        token = _VERSION + self._mac(payload, context) + payload
        return base64.urlsafe_b64encode(token).rstrip(b"=").decode()

    def read(self, cursor: str, *, context: Sequence[object]) -> list[Any]:
        """The values that were written. Raises ``BadCursorError``."""
        token = _decode(cursor)
        mac, payload = token[1 : 1 + _MAC_SIZE], token[1 + _MAC_SIZE :]
        if token[:1] != _VERSION or not hmac.compare_digest(mac, self._mac(payload, context)):
            raise BadCursorError
        return [_READ[tag](value) for tag, value in json.loads(payload)]

    def _mac(self, payload: bytes, context: Sequence[object]) -> bytes:
        # Hashed first, so that no context can be confused with the beginning of a payload.
        place = hashlib.sha256(_written(context)).digest()
        return hmac.digest(self._key, _VERSION + place + payload, hashlib.sha256)


def _decode(cursor: str) -> bytes:
    try:
        token = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except ValueError:
        raise BadCursorError from None
    # Base64 ignores foreign characters and spare bits; one place has one cursor.
    if base64.urlsafe_b64encode(token).rstrip(b"=") != cursor.encode(errors="replace"):
        raise BadCursorError
    return token


def _written(context: Sequence[object]) -> bytes:
    try:
        return orjson.dumps(context, default=str)
    except TypeError:  # a number of more than 64 bits, which somebody may filter by
        return json.dumps(context, default=str).encode()


def _tagged(value: object) -> tuple[str, Any]:
    tag, write = _writer(type(value))  # type: ignore[arg-type]  # every class can be hashed
    return tag, write(value)


@cache
def _writer(kind: type) -> tuple[str, Callable[[Any], Any]]:
    # The nearest ancestor: the driver's UUID is a subclass, and a bool is an int too. An enum is
    # refused, since its column would not take back the plain value.
    known = next((cls for cls in kind.__mro__ if cls in _WRITE), None)
    if known is None or issubclass(kind, Enum):
        raise TypeError(f"A list cannot be ordered by a {kind.__name__} and have a cursor.")
    return _WRITE[known]

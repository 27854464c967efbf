"""What is said of an object, and which names and types an object may have."""

import re
from dataclasses import dataclass
from datetime import datetime

from padstone.errors import FieldError, ValidationError

__all__ = ["ObjectInfo", "Stored", "check_content_type", "check_key"]

MAX_KEY_BYTES = 1024  # S3's own limit

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]").search
_TOKEN = r"[A-Za-z0-9!#$&^_.+-]{1,127}"  # noqa: S105  # RFC 6838's restricted name
_CONTENT_TYPE = re.compile(rf"{_TOKEN}/{_TOKEN}( *; *[ -~]{{1,200}})?").fullmatch


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """An object as the storage describes it.

    ``content_type`` is ``None`` in listings, and a guess on some storages. ``modified`` is UTC.
    """

    key: str
    size: int
    content_type: str | None
    etag: str
    modified: datetime


@dataclass(frozen=True, slots=True)
class Stored:
    """An object that was just written: its size in bytes and the SHA-256 of its content."""

    key: str
    size: int
    sha256: bytes
    etag: str


def check_key(key: str) -> None:
    """Raises ``ValidationError`` for a key that some storage would refuse or misread."""
    if not key:
        problem = "is empty"
    elif key.startswith("/"):
        problem = "begins with a slash; leave it out"
    elif _CONTROL(key):
        problem = "holds a control character"
    elif any(part in {".", ".."} for part in key.split("/")):
        problem = "has a part that is . or .., which would lead elsewhere"
    elif not _is_short_utf8(key):
        problem = f"is no UTF-8 text of at most {MAX_KEY_BYTES} bytes"
    else:
        return
    raise ValidationError(errors=[FieldError("key", f"{problem}; a UUID is best")])


def check_content_type(content_type: str) -> None:
    """Raises ``ValidationError`` for what is not of the form ``type/subtype``."""
    if not _CONTENT_TYPE(content_type):
        message = "is no media type; write it like image/png"
        raise ValidationError(errors=[FieldError("content_type", message)])


def _is_short_utf8(key: str) -> bool:
    try:
        return len(key.encode()) <= MAX_KEY_BYTES
    except UnicodeEncodeError:
        return False

"""Secrets do not reach a log, whatever the caller passed."""

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

__all__ = ["redact"]

MASK = "[redacted]"

# Names whose values are never written. A part of the name is enough: `user_password`, `x-api-key`.
_SECRET_NAME = re.compile(
    r"passw|passphrase|secret|token|authoriz|api.?key|cookie|credential|private.?key|session.?id",
    re.IGNORECASE,
).search

# Shapes that are secrets wherever they stand: API keys, bearer tokens, JWTs, passwords in URLs,
# signatures of presigned URLs.
_SECRET_SHAPE = re.compile(
    r"\b(?:sk|pk|rk)_(?:live|test)_[0-9A-Za-z]+"
    r"|(?<=bearer )[^\s\"',;]+"
    r"|\beyJ[\w-]+\.[\w-]+\.[\w-]*"
    r"|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"
    r"|(?<=x-amz-signature=)[0-9a-f]+",
    re.IGNORECASE,
).sub

_MAX_DEPTH = 6


def redact(value: Any, depth: int = 0) -> Any:
    """``value`` with everything masked that is named or shaped like a secret."""
    if isinstance(value, str):
        return _SECRET_SHAPE(MASK, value)
    if depth >= _MAX_DEPTH:
        return value if isinstance(value, int | float | bool | None) else MASK
    if isinstance(value, Mapping):
        return {
            key: MASK if _is_secret(key, item) else redact(item, depth + 1)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [redact(item, depth + 1) for item in value]
    return value


def _is_secret(key: object, value: object) -> bool:
    # Numbers and flags say nothing: `tokens: 512` is a count.
    return (
        isinstance(key, str)
        and not isinstance(value, int | float | bool | None)
        and _SECRET_NAME(key) is not None
    )


def redact_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Any:
    """``redact`` as a structlog processor."""
    return redact(event)

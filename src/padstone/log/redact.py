"""Secrets do not reach a log, whatever the caller passed."""

import re
from collections.abc import Mapping, MutableMapping
from dataclasses import fields, is_dataclass
from datetime import date, time
from enum import Enum
from functools import lru_cache
from typing import Any

__all__ = ["is_harmless", "is_secret_name", "redact"]

MASK = "[redacted]"
MAX_DEPTH = 10
INT64_MAX = 2**63 - 1

# Tuples, since a union would be made anew at every look.
_HOLDERS = (Mapping, list, tuple, set, frozenset)
_SAYS_NOTHING = (int, float, bool, type(None))  # `tokens: 512` is a count

# Names whose values are never written. A part of the name is enough: `user_password`, `x-api-key`.
_NAME = (
    r"(?:passw|passphrase|pwd|secret|token|authoriz|cookie|credential|signature|session.?id"
    r"|(?:api|access|private|signing|encryption).?key)"
)
_SECRET_NAME = re.compile(_NAME, re.IGNORECASE).search

# Shapes that are secrets wherever they stand in a text, each behind the words without which it
# cannot be there: looking for words is much faster, and most texts hold none. Each keeps its first
# group, and none can be made to look at a character often, since the texts are strangers'.
_SHAPES = [
    (words, re.compile(shape, re.IGNORECASE | re.DOTALL | re.VERBOSE).sub)
    for words, shape in {
        # A line of HTTP; first, since it goes on to the end of the line.
        ("authorization", "cookie", "api-key"): r"""
            ((?:authorization|cookie|api-key)[ ]?:\s*)[^\r\n]+""",
        ("_live_", "_test_"): r"()(?<![0-9a-z])(?:sk|pk|rk)_(?:live|test)_[0-9a-z]+",
        ("bearer",): r"""(\bbearer\s+)(?:(?!\bbearer\s)[^\s"',;])+""",
        ("eyj",): r"()(?<![\w-])eyJ[\w-]+\.[\w-]+\.[\w-]*",
        ("rt_",): r"()(?<![\w-])rt_[\w-]{40,}",  # a refresh token
        ("cs_",): r"()(?<![\w-])cs_[\w-]{40,}",  # a browser's cookie
        # A password in a URL.
        ("://",): r"()(?<=://)[^/\s:@]{0,200}:\S{1,250}(?=@)",
        # name=value, "name": "value"
        ("=", "'", '"'): rf"""
            ({_NAME}[\w.-]{{0,40}}(?:\s*=\s*|["']\s*:\s*))
            (?:b?"(?:[^"\\]|\\.)*|b?'(?:[^'\\]|\\.)*|[^\s&,;"')}}\]]+)""",
    }.items()
]
_WORDS = tuple([word for words, _ in _SHAPES for word in words])


def is_secret_name(name: str) -> bool:
    """Whether a field of this name holds a secret, as far as its name tells."""
    return _SECRET_NAME(name) is not None


def redact(value: Any, depth: int = 0) -> Any:
    """``value`` as plain JSON, with everything masked that is named or shaped like a secret.

    What is neither text, number, mapping nor sequence becomes the text that it prints as, so that
    no secret hides in an object until it is written.
    """
    if type(value) is str:  # what most values are
        return _masked_text(_text(value))
    if value is None or isinstance(value, (bool, float)):
        return value
    if isinstance(value, Enum):
        return redact(value.value, depth)
    if isinstance(value, int):
        return int(value) if abs(value) <= INT64_MAX else str(value)
    if is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name) for field in fields(value) if field.repr}
    if isinstance(value, _HOLDERS):
        return _contents(value, depth + 1) if depth < MAX_DEPTH else MASK
    return _masked_text(_text(value))


def _contents(value: Any, depth: int) -> Any:
    if isinstance(value, Mapping):
        return dict([_entry(key, item, depth) for key, item in value.items()])
    items = list(value)
    # A pair of name and value, as headers are.
    if len(items) == 2 and isinstance(items[0], (str, bytes)):  # noqa: PLR2004
        return list(_entry(items[0], items[1], depth))
    return [redact(item, depth) for item in items]


def _entry(name: object, value: object, depth: int) -> tuple[str, Any]:
    shown, is_secret = (_familiar_name if type(name) is str else _name)(name)
    hidden = is_secret and not isinstance(value, _SAYS_NOTHING)
    return shown, MASK if hidden else redact(value, depth)


def _name(name: object) -> tuple[str, bool]:
    """The name as it is shown, and whether what goes by it is a secret."""
    text = _text(name)
    return _masked_text(text), isinstance(name, (str, bytes)) and _SECRET_NAME(text) is not None


# Names come again and again. Only texts are looked up: other keys may be equal and print otherwise.
_familiar_name = lru_cache(maxsize=1024)(_name)


def _text(value: object) -> str:
    if type(value) is str and value.isascii():
        return value
    if isinstance(value, (bytes, bytearray)):
        return value.decode(errors="backslashreplace")
    if isinstance(value, (date, time)):
        return value.isoformat()
    try:
        text = str(value)
    except Exception:  # noqa: BLE001  # a log line never fails for what is in it
        return f"<{type(value).__name__}>"
    # A lone surrogate, which JSON in UTF-8 cannot hold, is written as its number.
    return text.encode(errors="backslashreplace").decode()


def _masked_text(text: str) -> str:
    lowered = text.lower()
    if _is_wordless(lowered):
        return text
    for words, replace in _SHAPES:
        for word in words:
            if word in lowered:
                text = replace(rf"\g<1>{MASK}", text)
                break
    return text


def is_harmless(text: str) -> bool:
    """Whether ``redact`` surely leaves this text, and each part of it, as it is."""
    return text.isascii() and _is_wordless(text.lower())


def _is_wordless(lowered: str) -> bool:
    for word in _WORDS:  # noqa: SIM110  # a generator would take three times as long
        if word in lowered:
            return False
    return True


def redact_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Any:
    """``redact`` as a structlog processor."""
    return redact(event)

"""The form of an API key: a mistyped or invented one is known without asking the database.

``sk_live_`` or ``sk_test_``, then 160 random bits in base 62 (27 characters), then the CRC-32 of
all that in base 62 (6 characters), as in GitHub's tokens. The fixed beginning lets scanners find
a key that leaked into a repository, and the checksum spares them false alarms. It is no secret:
anybody can compute it.

Stored is the SHA-256 of the whole key. A password needs a slow, salted hash because it can be
guessed; 160 random bits cannot, and a key is checked at every request.
"""

import hashlib
import re
import secrets
import zlib
from dataclasses import dataclass, field

__all__ = ["ApiKeySecret", "generate", "is_live", "parse"]

_LIVE, _TEST = "sk_live_", "sk_test_"
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_RANDOM_BITS = 160
_RANDOM_LENGTH = 27  # 62**27 > 2**160
_CHECKSUM_LENGTH = 6  # 62**6 > 2**32
_SHOWN_LENGTH = len(_LIVE) + 4  # hides more than 136 of the 160 bits
_WELL_FORMED = re.compile(
    rf"(?:{_LIVE}|{_TEST})[0-9A-Za-z]{{{_RANDOM_LENGTH + _CHECKSUM_LENGTH}}}"
).fullmatch


@dataclass(frozen=True, slots=True)
class ApiKeySecret:
    """A key in full, and the two things about it that are stored.

    ``prefix`` is the beginning that an owner sees in lists, ``hash`` (32 bytes) finds the row.
    ``secret`` is shown once and kept nowhere.
    """

    secret: str = field(repr=False)
    prefix: str
    hash: bytes = field(repr=False)


def generate(*, live: bool) -> ApiKeySecret:
    """A new key, from the operating system's random source."""
    random_part = _base62(secrets.randbits(_RANDOM_BITS), _RANDOM_LENGTH)
    body = (_LIVE if live else _TEST) + random_part
    return _described(body + _checksum(body))


def parse(text: str) -> ApiKeySecret | None:
    """The key that ``text`` is, or ``None`` where its form or its checksum is wrong."""
    if not _WELL_FORMED(text):
        return None
    body, checksum = text[:-_CHECKSUM_LENGTH], text[-_CHECKSUM_LENGTH:]
    return _described(text) if _checksum(body) == checksum else None


def hash_of(secret: str) -> bytes:
    """By what a key is found, whatever its form."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).digest()


def is_live(prefix: str) -> bool:
    """Whether a key that begins with ``prefix`` is a live one and not a test one."""
    return prefix.startswith(_LIVE)


def _described(secret: str) -> ApiKeySecret:
    return ApiKeySecret(secret, secret[:_SHOWN_LENGTH], hash_of(secret))


def _checksum(body: str) -> str:
    return _base62(zlib.crc32(body.encode()), _CHECKSUM_LENGTH)


def _base62(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, digit = divmod(number, 62)
        digits.append(_DIGITS[digit])
    return "".join(reversed(digits))

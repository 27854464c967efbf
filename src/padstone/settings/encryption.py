"""Settings of the keys that secrets are encrypted with before they reach the database."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pydantic import Field, SecretStr

from padstone.settings.base import Settings
from padstone.settings.problems import SettingProblem

__all__ = ["DERIVED_ID", "KEY_BYTES", "EncryptionKey", "EncryptionSettings", "read_key"]

KEY_BYTES = 32
"""AES-256."""

DERIVED_ID = "development"
"""The id of the key that development has without ENCRYPTION_KEYS."""

_NAME = "ENCRYPTION_KEYS"
_FORM = "write ID:BASE64, as `padstone keys generate-encryption` prints it"
_LABEL = b"padstone.crypto.development"  # keeps this key apart from others made of the same secret
_IS_ID = re.compile(r"[a-z0-9][a-z0-9_.-]{0,31}").fullmatch
_FEWEST_DISTINCT = 8  # of 32 random bytes; a key with fewer was typed and not made


@dataclass(frozen=True, slots=True)
class EncryptionKey:
    """A key of 32 bytes, and the id by which ciphertexts name it. It prints as its id alone."""

    id: str
    secret: bytes = field(repr=False)


class EncryptionSettings(Settings):
    """The keys of encrypted columns. Without any, development derives one from SECRET_KEY."""

    ENCRYPTION_KEYS: SecretStr | None = Field(
        None,
        description="ID:BASE64 of 32 random bytes each, separated by commas; the first encrypts, "
        "all decrypt. Empty in development: derived from SECRET_KEY.",
    )

    def encryption_keys(self) -> list[EncryptionKey]:
        """The keys, the one that encrypts first.

        Where nobody's secrets are at stake the derived key stays behind the given ones, so that
        what was encrypted before there were any can still be read.
        """
        keys = [key for _, key in self._read_keys() if isinstance(key, EncryptionKey)]
        return keys if self.is_deployed else [*keys, self._derived()]

    def problems(self) -> Iterator[SettingProblem]:
        yield from super().problems()
        entries = list(self._read_keys())
        if self.is_deployed and not entries:
            yield SettingProblem(
                _NAME, "is not set; make a key with `padstone keys generate-encryption`."
            )
        seen: list[EncryptionKey] = []
        for number, entry in entries:
            what = entry if isinstance(entry, str) else _repeated(entry, seen)
            if what:
                yield SettingProblem(_NAME, f"has an entry, number {number}, that {what}.")
            if isinstance(entry, EncryptionKey):
                seen.append(entry)

    def _read_keys(self) -> Iterator[tuple[int, EncryptionKey | str]]:
        text = self.ENCRYPTION_KEYS.get_secret_value() if self.ENCRYPTION_KEYS else ""
        entries = [entry.strip() for entry in text.split(",")]
        for number, entry in enumerate(entries, start=1):
            if entry:
                yield number, read_key(entry)

    def _derived(self) -> EncryptionKey:
        secret = self.SECRET_KEY.get_secret_value().encode()
        return EncryptionKey(DERIVED_ID, hmac.digest(secret, _LABEL, hashlib.sha256))


def read_key(entry: str) -> EncryptionKey | str:
    """The key of an entry, or what is wrong with it.

    The entry is never repeated, since all of it may be secret.
    """
    name, separator, text = entry.partition(":")
    if not separator or not _IS_ID(name):
        return f"does not begin with an id of small letters and digits and a colon; {_FORM}"
    if name == DERIVED_ID:
        return f"has the id {DERIVED_ID}, which the derived key has; choose another one"
    text = text.strip().rstrip("=").replace("-", "+").replace("_", "/")
    try:
        secret = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return f"is not base64 behind its colon; {_FORM}"
    if len(secret) != KEY_BYTES:
        return f"has a key of {len(secret)} bytes, and AES-256 needs {KEY_BYTES}; {_FORM}"
    if len(set(secret)) < _FEWEST_DISTINCT:
        return f"has a key that is not random; {_FORM}"
    return EncryptionKey(name, secret)


def _repeated(key: EncryptionKey, seen: list[EncryptionKey]) -> str:
    if any(key.id == other.id for other in seen):
        return "has the id of an earlier one; give each key an id of its own"
    if any(hmac.compare_digest(key.secret, other.secret) for other in seen):
        return "has the key of an earlier one; give each id a key of its own"
    return ""

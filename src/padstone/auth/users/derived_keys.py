"""Keys for one purpose each, all derived from SECRET_KEY."""

import hashlib
import hmac
from collections.abc import Iterator

from padstone.settings import UserSettings

__all__ = ["DerivedKeys"]

_SIZE = 32


class DerivedKeys:
    """The keys for ``purpose``: the present one signs, and former ones are still believed.

    They come from SECRET_KEY and SECRET_KEY_FALLBACKS by HKDF (RFC 5869) with SHA-256, so that a
    token made for one purpose is never good for another.
    """

    def __init__(self, settings: UserSettings, purpose: str) -> None:
        secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        self._keys = [_derive(secret.get_secret_value(), purpose) for secret in secrets]

    @property
    def current(self) -> bytes:
        """The key that signs."""
        return self._keys[0]

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._keys)

    def sign(self, message: bytes) -> bytes:
        """HMAC-SHA-256 of ``message``, 32 bytes."""
        return hmac.digest(self.current, message, hashlib.sha256)

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        """Whether one of the keys has made ``signature``."""
        made = [hmac.digest(key, message, hashlib.sha256) for key in self._keys]
        return any(hmac.compare_digest(one, signature) for one in made)


def _derive(secret: str, purpose: str) -> bytes:
    # Here, since whoever only names the CSRF header should not pay for the import.
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    info = b"padstone.auth.users." + purpose.encode()
    return HKDF(SHA256(), _SIZE, salt=None, info=info).derive(secret.encode())

"""Sealing and opening.

AES-256-GCM with a random nonce of 96 bits. Associated data are the ciphertext's own head (version
and key id) and its place (table, column, primary key), so that what is copied to another row,
column or table does not open there. One key may seal 2**32 times (NIST SP 800-38D, 8.3).
"""

import os
from collections.abc import Sequence

from padstone.crypto.ciphertext import NONCE_BYTES, Ciphertext, head
from padstone.crypto.errors import ForgedCiphertextError, NothingSealedError, UnknownKeyError
from padstone.crypto.place import Place
from padstone.extras import extra
from padstone.settings import EncryptionKey, EncryptionSettings

__all__ = ["KeyRing"]


class KeyRing:
    """The keys of ENCRYPTION_KEYS. The first one seals, and each opens what it has sealed."""

    def __init__(self, keys: Sequence[EncryptionKey]) -> None:
        """``ValueError`` without a key."""
        if not keys:
            raise ValueError("A key ring needs a key.")
        with extra("encryption"):
            from cryptography.exceptions import InvalidTag
            from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        self._invalid = InvalidTag
        self._first = keys[0].id
        self._ciphers = {key.id: AESGCM(key.secret) for key in reversed(keys)}

    @classmethod
    def of(cls, settings: EncryptionSettings) -> "KeyRing":
        """The ring of a system's settings."""
        return cls(settings.encryption_keys())

    @property
    def first(self) -> str:
        """The id of the key that seals."""
        return self._first

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all keys."""
        return tuple(reversed(self._ciphers))

    def seal(self, row: object, attribute: str, text: str) -> None:
        """Sets ``row.attribute``, an ``Encrypted`` column, to the sealed ``text``.

        Raises ``RowWithoutIdError`` where the row has no id yet, and ``ValueError`` for a text
        that UTF-8 cannot hold.
        """
        setattr(row, attribute, self.encrypt(Place.of(row, attribute), text))

    def open(self, row: object, attribute: str) -> str:
        """The text that is sealed in ``row.attribute``. Raises an ``EncryptionError``."""
        place = Place.of(row, attribute)
        value = getattr(row, attribute)
        if value is None:
            raise NothingSealedError
        return self.decrypt(place, value)

    def encrypt(self, place: Place, text: str) -> Ciphertext:
        """``text`` sealed for ``place``, where there is no mapped row at hand."""
        start, nonce = head(self._first), os.urandom(NONCE_BYTES)
        sealed = self._ciphers[self._first].encrypt(nonce, _bytes(text), start + place.encoded())
        return Ciphertext(start + nonce + sealed)

    def decrypt(self, place: Place, ciphertext: Ciphertext) -> str:
        """The text that was sealed for ``place``. Raises an ``EncryptionError``."""
        key_id = ciphertext.key_id
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise UnknownKeyError
        start, blob = head(key_id), ciphertext.blob
        nonce_end = len(start) + NONCE_BYTES
        try:
            return cipher.decrypt(
                blob[len(start) : nonce_end], blob[nonce_end:], start + place.encoded()
            ).decode()
        except self._invalid:
            raise ForgedCiphertextError from None

    def __repr__(self) -> str:
        return f"<KeyRing {', '.join(self.ids)}>"


def _bytes(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        # The codec's own error holds the text, so the new one is raised where it is forgotten.
        problem = ValueError("A text with a lone surrogate cannot be sealed.")
    raise problem

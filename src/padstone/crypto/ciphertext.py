"""A secret as it lies in the database.

The bytes are::

    version   1 byte, 0x01
    length    1 byte, of the key's id
    key id    as many bytes, ASCII
    nonce     12 bytes, random
    the rest  AES-256-GCM: as long as the plaintext, and a tag of 16 bytes
"""

from padstone.crypto.errors import MalformedCiphertextError

__all__ = ["Ciphertext", "head"]

NONCE_BYTES = 12
TAG_BYTES = 16
VERSION = 1
BEFORE_ID = 2


def head(key_id: str) -> bytes:
    """What every ciphertext of this key begins with, and no other one does."""
    name = key_id.encode("ascii")
    return bytes((VERSION, len(name))) + name


class Ciphertext:
    """What is sealed. Only a ``KeyRing`` opens it, and it shows nothing of itself."""

    __slots__ = ("_blob",)

    def __init__(self, blob: bytes) -> None:
        self._blob = bytes(blob)

    @property
    def blob(self) -> bytes:
        """The bytes that the database holds."""
        return self._blob

    @property
    def key_id(self) -> str:
        """The id of the key that sealed it. ``MalformedCiphertextError`` where there is none."""
        blob = self._blob
        end = BEFORE_ID + blob[1] if len(blob) > 1 else 0
        name = blob[BEFORE_ID:end]
        if blob[:1] != bytes((VERSION,)) or not name or len(blob) < end + NONCE_BYTES + TAG_BYTES:
            raise MalformedCiphertextError
        try:
            return name.decode("ascii")
        except UnicodeDecodeError:
            malformed = MalformedCiphertextError()
        raise malformed

    def __repr__(self) -> str:
        return "<Ciphertext>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ciphertext) and other._blob == self._blob

    def __hash__(self) -> int:
        return hash(self._blob)

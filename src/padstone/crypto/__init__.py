"""Secrets that are encrypted before they reach the database, each bound to its place there.

::

    class Credential(Identified, Base):
        secret: Mapped[Ciphertext] = mapped_column(Encrypted())

    credential = Credential(id=new_id())
    keyring.seal(credential, "secret", "hunter2")
    keyring.open(credential, "secret")

Settings that inherit ``EncryptionSettings`` open a key ring, which ``KeyRingDep`` gives to a route.
"""

from padstone.crypto.ciphertext import Ciphertext
from padstone.crypto.column import Encrypted
from padstone.crypto.dependencies import KeyRingDep
from padstone.crypto.errors import (
    EncryptionError,
    ForgedCiphertextError,
    MalformedCiphertextError,
    NothingSealedError,
    RowWithoutIdError,
    UnknownKeyError,
)
from padstone.crypto.place import Place
from padstone.crypto.ring import KeyRing

__all__ = [
    "Ciphertext",
    "Encrypted",
    "EncryptionError",
    "ForgedCiphertextError",
    "KeyRing",
    "KeyRingDep",
    "MalformedCiphertextError",
    "NothingSealedError",
    "Place",
    "RowWithoutIdError",
    "UnknownKeyError",
]

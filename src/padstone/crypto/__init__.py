"""Secrets that are encrypted before they reach the database, each bound to its place there.

::

    class Credential(Identified, Base):
        secret: Mapped[Ciphertext] = mapped_column(Encrypted())

    credential = Credential(id=new_id())
    keyring.seal(credential, "secret", "hunter2")
    keyring.open(credential, "secret")

Settings that inherit ``EncryptionSettings`` open a key ring, which ``KeyRingDep`` gives to a route.
``rotate`` seals everything again with a new key, and ``inspect_secrets`` finds what no key opens.
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
from padstone.crypto.holdings import encrypted_columns
from padstone.crypto.inspection import Inspected, inspect_secrets
from padstone.crypto.place import Place
from padstone.crypto.ring import KeyRing
from padstone.crypto.rotation import Rotated, rotate
from padstone.crypto.unopened import Unopened

__all__ = [
    "Ciphertext",
    "Encrypted",
    "EncryptionError",
    "ForgedCiphertextError",
    "Inspected",
    "KeyRing",
    "KeyRingDep",
    "MalformedCiphertextError",
    "NothingSealedError",
    "Place",
    "Rotated",
    "RowWithoutIdError",
    "UnknownKeyError",
    "Unopened",
    "encrypted_columns",
    "inspect_secrets",
    "rotate",
]

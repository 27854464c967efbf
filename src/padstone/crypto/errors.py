"""Why a secret cannot be sealed or opened. No message holds a key, a plaintext or a ciphertext.

EncryptionError
├── RowWithoutIdError         a row that has no id yet cannot be bound to a ciphertext
├── NothingSealedError        the column is empty
├── MalformedCiphertextError  the bytes are no ciphertext of ours
├── UnknownKeyError           the key that sealed it is not in ENCRYPTION_KEYS
└── ForgedCiphertextError     it was changed, or belongs to another row, column or table

They are defects of the service and not of a request, so each of them is answered with 500.
"""

from padstone.errors import PadstoneError

__all__ = [
    "EncryptionError",
    "ForgedCiphertextError",
    "MalformedCiphertextError",
    "NothingSealedError",
    "RowWithoutIdError",
    "UnknownKeyError",
]


class EncryptionError(PadstoneError):
    """A stored secret cannot be used. ``reason`` is for the log and for commands."""

    code = "stored_secret_unusable"
    detail = "A stored secret cannot be used."
    reason = "A secret cannot be used."

    def __str__(self) -> str:
        return self.reason


class RowWithoutIdError(EncryptionError):
    """Give the row its id first: ``Credential(id=new_id(), …)``."""

    reason = "The row has no id yet, and a secret is bound to the row's id."


class NothingSealedError(EncryptionError):
    """The column is null. Look before opening, where that may be."""

    reason = "Nothing is sealed in this column of this row."


class MalformedCiphertextError(EncryptionError):
    """What the column holds was not made by a key ring."""

    reason = "The stored bytes are not a ciphertext of this library."


class UnknownKeyError(EncryptionError):
    """No key of the ring has the id that the ciphertext names."""

    reason = "The key that sealed this is not among ENCRYPTION_KEYS."


class ForgedCiphertextError(EncryptionError):
    """The ciphertext was changed after it was sealed, or was moved to where it stands."""

    reason = "The ciphertext was changed, or does not belong to this row and column."

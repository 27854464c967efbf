"""Identifiers: UUID version 7, and the prefixed form that people see.

The public form (``acct_01h455vb4pex5vsknk084sn02q``) is the UUID itself in Crockford's base 32, so
that no second column is needed and both forms find the same row. A leading 0-7 keeps it at 26
characters (RFC 9562 for the UUID; the alphabet is Crockford's, in lower case).
"""

import re
from uuid import UUID

from uuid_utils import compat

__all__ = ["decode_public_id", "encode_public_id", "new_id"]

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_VALUE = {character: value for value, character in enumerate(_ALPHABET)}
_BODY = re.compile(r"[0-7][0-9a-hjkmnp-tv-zA-HJKMNP-TV-Z]{25}").fullmatch
_LENGTH = 26
# Two characters at a time.
_PAIRS = [one + other for one in _ALPHABET for other in _ALPHABET]
_SHIFTS = range(5 * (_LENGTH - 2), -1, -10)


def new_id() -> UUID:
    """A UUID version 7: unique, and later ones sort after earlier ones."""
    return compat.uuid7()


def encode_public_id(prefix: str, value: UUID) -> str:
    """The form of ``value`` that people see, ``prefix`` and 26 characters joined by ``_``."""
    number = value.int
    return f"{prefix}_{''.join([_PAIRS[(number >> shift) & 1023] for shift in _SHIFTS])}"


def decode_public_id(prefix: str, text: str) -> UUID:
    """The UUID that ``text`` stands for.

    Raises ``ValueError`` when ``text`` is not a public id with this prefix. Upper case is accepted.
    """
    head, _, body = text.rpartition("_")
    if head != prefix or not _BODY(body):
        raise ValueError(
            f"expected an id of the form {prefix}_ followed by {_LENGTH} characters (0-9, a-z)"
        )
    number = 0
    for character in body.lower():
        number = number << 5 | _VALUE[character]
    return UUID(int=number)

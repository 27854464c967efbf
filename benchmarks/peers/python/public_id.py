"""The ids of accounts as all servers show them: a prefix, and the UUID in Crockford's base 32."""

from uuid import UUID

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def public_id(prefix: str, value: UUID) -> str:
    number = value.int
    return f"{prefix}_" + "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))

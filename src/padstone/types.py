"""Field types for schemas: what a value looks like at the edge, and what it is inside."""

import re
from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from padstone.ids import decode_public_id, encode_public_id

__all__ = ["Cents", "Micros", "public_id"]

INT64_MAX = 2**63 - 1

Micros = Annotated[int, Field(strict=True, ge=-INT64_MAX, le=INT64_MAX)]
"""Money in millionths of a currency unit, as PostgreSQL's bigint holds it."""

Cents = Annotated[int, Field(strict=True, ge=-INT64_MAX, le=INT64_MAX)]
"""Money in minor units of a currency, as PostgreSQL's bigint holds it."""


def public_id(prefix: str) -> Any:
    """A schema type for ids that people see as ``prefix_…`` and that are UUIDs inside.

    Use it as ``AccountId = public_id("acct")``: it reads the public form only, from bodies, paths
    and queries, and writes it; the column stays a UUID. ``ValueError`` for a prefix that is not of
    small letters, digits and ``_``.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", prefix):
        raise ValueError(f"{prefix!r} is no prefix for ids: take small letters, digits and _")

    def read(value: Any) -> UUID:
        if isinstance(value, UUID):
            return value
        if not isinstance(value, str):
            raise ValueError(  # noqa: TRY004  # Pydantic reports a ValueError only
                f"expected an id of the form {prefix}_…"
            )
        return decode_public_id(prefix, value)

    def write(value: UUID) -> str:
        return encode_public_id(prefix, value)

    schema = {
        "type": "string",
        "pattern": f"^{prefix}_[0-7][0-9a-hjkmnp-tv-zA-HJKMNP-TV-Z]{{25}}$",
        "examples": [encode_public_id(prefix, UUID("01890a5d-ac96-774b-bcce-b302099a8057"))],
    }
    return Annotated[
        UUID, BeforeValidator(read), PlainSerializer(write, return_type=str), WithJsonSchema(schema)
    ]

"""Field types for schemas: what a value looks like at the edge, and what it is inside."""

import re
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import core_schema

from padstone.ids import decode_public_id, encode_public_id

__all__ = ["Cents", "Micros", "PublicId"]

INT64_MAX = 2**63 - 1

Micros = Annotated[int, Field(strict=True, ge=-INT64_MAX, le=INT64_MAX)]
"""Money in millionths of a currency unit, as PostgreSQL's bigint holds it."""

Cents = Annotated[int, Field(strict=True, ge=-INT64_MAX, le=INT64_MAX)]
"""Money in minor units of a currency, as PostgreSQL's bigint holds it."""


class PublicId:
    """Marks a UUID that people see as ``prefix_…``.

    ``AccountId = Annotated[UUID, PublicId("acct")]`` reads the public form only, from bodies, paths
    and queries, and writes it; the column stays a UUID. ``ValueError`` for a prefix that is not of
    small letters, digits and ``_``.
    """

    def __init__(self, prefix: str) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", prefix):
            raise ValueError(f"{prefix!r} is no prefix for ids: take small letters, digits and _")
        self.prefix = prefix

    def __get_pydantic_core_schema__(
        self, _source: Any, _handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self._read,
            serialization=core_schema.plain_serializer_function_ser_schema(
                self.write, return_schema=core_schema.str_schema(), when_used="json"
            ),
        )

    def __get_pydantic_json_schema__(
        self, _schema: core_schema.CoreSchema, _handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {
            "type": "string",
            "pattern": f"^{self.prefix}_[0-7][0-9a-hjkmnp-tv-zA-HJKMNP-TV-Z]{{25}}$",
            "examples": [self.write(UUID("01890a5d-ac96-774b-bcce-b302099a8057"))],
        }

    def _read(self, value: Any) -> UUID:
        if isinstance(value, UUID):
            return value
        if not isinstance(value, str):
            raise ValueError(  # noqa: TRY004  # Pydantic reports a ValueError only
                f"expected an id of the form {self.prefix}_…"
            )
        return decode_public_id(self.prefix, value)

    def write(self, value: UUID) -> str:
        """The form of ``value`` that people see."""
        return encode_public_id(self.prefix, value)

"""What a client sends."""

from typing import Any

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema

from padstone.schemas.strictness import storable

__all__ = ["Body"]


class Body(BaseModel):
    """What a client sends: unknown fields are refused, and so is what PostgreSQL cannot hold.

    Numbers and booleans are taken as such only: ``"1"`` is no number and ``1`` is not ``true``. The
    rest is lax, since JSON has no dates and no UUIDs. An integer has at most 64 bits unless its
    field says otherwise, a text has no NUL, and a time says its zone (``NaiveDatetime`` need not).
    """

    model_config = ConfigDict(extra="forbid")

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type[BaseModel], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Pydantic's own schema, with the rules above."""
        schema: Any = handler(source)
        return storable(schema)  # type: ignore[no-any-return]  # it has the same form

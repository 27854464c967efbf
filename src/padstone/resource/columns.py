"""What a column of a model holds, as far as filters, sorts and bodies need to know."""

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    Field,
    WithJsonSchema,
)
from pydantic.fields import FieldInfo
from sqlalchemy import Column, inspect
from sqlalchemy import types as sql
from sqlalchemy.exc import NoInspectionAvailable
from sqlalchemy.orm import Mapper

from padstone.schemas.strictness import no_number
from padstone.types import PublicId

__all__ = [
    "columns_of",
    "id_type",
    "integer_bits",
    "is_enum",
    "mapper_of",
    "value_type",
]

_BITS: dict[type[Any], int] = {sql.SmallInteger: 15, sql.BigInteger: 63}
_LONGEST_TEXT = 1000
_LAST_YEAR = 9999
_LARGEST = 10**30
_LOST_PLUS = re.compile(r"(T\d\d:\d\d(?::\d\d(?:\.\d+)?)?) (\d\d:?\d\d)$")


def mapper_of(model: type[Any]) -> Mapper[Any]:
    """The mapper of a model. ``TypeError`` for what is none."""
    try:
        found = inspect(model)
    except NoInspectionAvailable:
        found = None
    if not isinstance(found, Mapper):
        raise TypeError(f"{model!r} is no model of SQLAlchemy's")
    return found


def columns_of(model: type[Any]) -> dict[str, Column[Any]]:
    """The columns of a model by the names of its attributes."""
    mapper = mapper_of(model)
    return {
        attribute.key: attribute.columns[0]
        for attribute in mapper.column_attrs
        if isinstance(attribute.columns[0], Column)
    }


def id_type(read: type[BaseModel], name: str, column: Column[Any]) -> Any:
    """The type of an id in paths: its public form where the read schema shows that."""
    public = public_id_of(read.model_fields.get(name))
    return value_type(column) if public is None else public


def public_id_of(field: FieldInfo | None) -> Any:
    """The type of a field that shows an id in its public form."""
    for found in field.metadata if field is not None else ():
        if isinstance(found, PublicId):
            return Annotated[UUID, found]
    return None


def value_type(column: Column[Any], field: FieldInfo | None = None) -> Any:
    """The type in which a query parameter is compared with ``column``; ``None`` for no such type.

    ``field`` is the column's in the read schema, whose public ids are taken over.
    """
    kind = column.type
    if (public := public_id_of(field)) is not None:
        return public
    if is_enum(column):
        return vars(kind)["enum_class"]
    if isinstance(kind, sql.Integer):
        bits = integer_bits(kind)
        return Annotated[int, Field(ge=-(2**bits), le=2**bits - 1)]
    if isinstance(kind, sql.Float):
        return Annotated[float, Field(allow_inf_nan=False)]
    return next((found for cls, found in _TYPES if isinstance(kind, cls)), None)


def integer_bits(kind: sql.Integer) -> int:
    """How many bits the type has beside the sign."""
    return next((bits for cls, bits in _BITS.items() if isinstance(kind, cls)), 31)


def _storable_text(text: str) -> str:
    if "\0" in text:
        raise ValueError("must not hold the character NUL (U+0000)")
    return text


def _plus_again(value: Any) -> Any:
    # A plus that is not escaped arrives as a space: 2026-01-01T00:00:00+01:00.
    return _LOST_PLUS.sub(r"\1+\2", value) if isinstance(value, str) else value


def _within_reach(value: datetime) -> datetime:
    # At the very ends of the calendar a time has no form in UTC.
    if not 1 < value.year < _LAST_YEAR:
        raise ValueError("must be a time between the years 2 and 9998")
    return value.astimezone(UTC)


_Text = Annotated[str, Field(max_length=_LONGEST_TEXT), AfterValidator(_storable_text)]
_Day = Annotated[date, BeforeValidator(no_number)]
_Time = Annotated[
    AwareDatetime,
    BeforeValidator(_plus_again),
    BeforeValidator(no_number),
    AfterValidator(_within_reach),
]
_Number = Annotated[
    Decimal,
    Field(allow_inf_nan=False, ge=-_LARGEST, le=_LARGEST, max_digits=100, decimal_places=50),
    WithJsonSchema({"type": "number", "minimum": -_LARGEST, "maximum": _LARGEST}),
]

_TYPES: list[tuple[type[Any], Any]] = [
    (sql.Boolean, bool),
    (sql.Uuid, UUID),
    (sql.DateTime, _Time),
    (sql.Date, _Day),
    (sql.Time, time),
    (sql.Numeric, _Number),
    (sql.String, _Text),
]


def is_enum(column: Column[Any]) -> bool:
    """Whether the column's values are members of an enumeration of Python's."""
    return isinstance(column.type, sql.Enum) and column.type.enum_class is not None

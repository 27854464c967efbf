"""What a column cannot hold though its field's type would: PostgreSQL would not name the field."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import Column
from sqlalchemy import types as sql

from padstone.errors import FieldError, ValidationError
from padstone.resource.columns import columns_of, integer_bits
from padstone.resource.declaration import Declaration

__all__ = ["require_storable"]


def require_storable(declared: Declaration, values: Mapping[str, Any]) -> None:
    """Raises ``ValidationError`` that names each field whose value does not fit its column."""
    columns = columns_of(declared.model)
    errors = [
        FieldError(f"body.{name}", message, "too_large")
        for name, value in values.items()
        if name in columns
        for message in _problems(columns[name], value)
    ]
    if errors:
        raise ValidationError(errors=errors)


def _problems(column: Column[Any], value: Any) -> Iterator[str]:
    kind = column.type
    if isinstance(kind, sql.Integer) and isinstance(value, int):
        bits = integer_bits(kind)
        if not -(2**bits) <= value < 2**bits:
            yield f"must be between {-(2**bits)} and {2**bits - 1}"
    elif isinstance(kind, sql.String) and isinstance(value, str) and not isinstance(kind, sql.Enum):
        if kind.length is not None and len(value) > kind.length:
            yield f"must have at most {kind.length} characters"
    elif isinstance(kind, sql.Numeric) and isinstance(value, Decimal) and kind.precision:
        whole = kind.precision - (kind.scale or 0)
        if value.is_finite() and abs(value) >= 10**whole:
            yield f"must have at most {whole} digits before the point"

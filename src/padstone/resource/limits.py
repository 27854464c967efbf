"""What a column cannot hold though its field's type would: PostgreSQL would not name the field."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Column
from sqlalchemy import types as sql

from padstone.errors import FieldError, ValidationError
from padstone.resource.columns import columns_of, integer_bits
from padstone.resource.declaration import Declaration

__all__ = ["require_storable"]

Check = Callable[[Any], str | None]
"""What is wrong with a value, ``None`` where nothing is."""


def require_storable(declared: Declaration, values: Mapping[str, Any]) -> None:
    """Raises ``ValidationError`` that names each field whose value does not fit its column."""
    checks = _checks(declared.model)  # type: ignore[arg-type]  # every class can be hashed
    errors = []
    for name, value in values.items():
        check = checks.get(name)
        message = None if check is None else check(value)
        if message is not None:
            errors.append(FieldError(f"body.{name}", message, "too_large"))
    if errors:
        raise ValidationError(errors=errors)


@cache
def _checks(model: Any) -> Mapping[str, Check]:
    """One for each column that has a limit."""
    found = {name: _check(column) for name, column in columns_of(model).items()}
    return {name: check for name, check in found.items() if check is not None}


def _check(column: Column[Any]) -> Check | None:
    kind = column.type
    if isinstance(kind, sql.Integer):
        return _bits(integer_bits(kind))
    if isinstance(kind, sql.Numeric) and kind.precision:
        return _digits(kind.precision - (kind.scale or 0))
    if isinstance(kind, sql.String) and not isinstance(kind, sql.Enum) and kind.length is not None:
        return _length(kind.length)
    return None


def _bits(bits: int) -> Check:
    least, most = -(2**bits), 2**bits - 1

    def check(value: Any) -> str | None:
        if isinstance(value, int) and not least <= value <= most:
            return f"must be between {least} and {most}"
        return None

    return check


def _digits(whole: int) -> Check:
    limit = 10**whole

    def check(value: Any) -> str | None:
        if isinstance(value, Decimal) and value.is_finite() and abs(value) >= limit:
            return f"must have at most {whole} digits before the point"
        return None

    return check


def _length(most: int) -> Check:
    def check(value: Any) -> str | None:
        if isinstance(value, str) and len(value) > most:
            return f"must have at most {most} characters"
        return None

    return check

"""The rules of bodies, as changes to the schema that Pydantic has made of a model."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from pydantic_core import PydanticCustomError, core_schema

__all__ = ["no_number", "storable"]

# The 64 bits of a bigint, as far as a double knows them: the OpenAPI document writes bounds as
# doubles, and 2**63 - 1 would become 2**63 there.
_LEAST, _MOST = -(2**63), 2**63 - 1024
_LAST_YEAR = 9999
_MARK = "padstone_checked"
_UNSTORABLE = re.compile("[\0\ud800-\udfff]").search
_NUMBER = re.compile(r"\s*[-+]?[0-9.]+\s*").fullmatch
_CALENDAR = {"date", "datetime", "time"}
_STRICT = {"int", "float", "bool"}
# These hold values of the user's, not schemas.
_NOT_SCHEMAS = {"default", "metadata", "expected", "serialization", "ref", "schema_ref"}


def storable(schema: Any) -> Any:
    """``schema`` with strict numbers, integers of 64 bits, texts without NUL, times with a zone."""
    if isinstance(schema, dict):
        return _changed({key: _inner(key, value) for key, value in schema.items()})
    if isinstance(schema, list | tuple):
        return type(schema)(storable(item) for item in schema)
    return schema


def _inner(key: str, value: Any) -> Any:
    if key in _NOT_SCHEMAS:
        return value
    if key == "fields" and isinstance(value, dict):
        # The names are the user's: a field called "type" makes no schema of its neighbours.
        return {name: storable(field) for name, field in value.items()}
    return storable(value)


def _changed(schema: dict[str, Any]) -> Any:
    kind = schema.get("type")
    if kind in _STRICT:
        schema.setdefault("strict", True)
    if kind == "int":
        if "gt" not in schema:
            schema.setdefault("ge", _LEAST)
        if "lt" not in schema:
            schema.setdefault("le", _MOST)
    if kind == "float":
        schema.setdefault("allow_inf_nan", False)
    if kind == "datetime":
        schema.setdefault("tz_constraint", "aware")
    return _checked(schema, str(kind)) if kind in _AFTER or kind in _CALENDAR else schema


def _checked(schema: dict[str, Any], kind: str) -> Any:
    metadata = schema.get("metadata", {})
    if _MARK in metadata:
        return schema
    # The mark keeps a schema that is walked twice, within its model and within a nesting one, from
    # being wrapped twice.
    made: Any = {**schema, "metadata": {**metadata, _MARK: True}}
    if kind in _CALENDAR:
        made = core_schema.no_info_before_validator_function(no_number, made)
    if kind in _AFTER:
        made = core_schema.no_info_after_validator_function(_AFTER[kind], made)
    return made


def no_number(value: Any) -> Any:
    """``value``, unless it is a number: as a date it would be seconds since 1970, as nobody meant.

    Raises a Pydantic error, for use in a validator.
    """
    is_number = isinstance(value, int | float) or (isinstance(value, str) and _NUMBER(value))
    if is_number:
        raise PydanticCustomError("date_number", "must be a text such as 2026-01-31, not a number")
    return value


def _storable_text(text: str) -> str:
    found = _UNSTORABLE(text)
    if found is None:
        return text
    if found[0] == "\0":
        raise PydanticCustomError("nul", "must not hold the character NUL (U+0000)")
    raise PydanticCustomError("surrogate", "must not hold half of a surrogate pair")


def _within_utc(time: datetime) -> datetime:
    # At the very ends of the calendar a time has no form in UTC.
    if time.tzinfo is not None and not 1 < time.year < _LAST_YEAR:
        raise PydanticCustomError("far_time", "must be a time between the years 2 and 9998")
    return time


_AFTER: dict[str, Callable[[Any], Any]] = {"str": _storable_text, "datetime": _within_utc}

"""The rules of bodies, as changes to the schema that Pydantic has made of a model."""

from typing import Any

from pydantic_core import PydanticCustomError, core_schema

__all__ = ["storable"]

_INT64 = 2**63
_STRICT = {"int", "float", "bool"}
# These hold values of the user's, not schemas.
_NOT_SCHEMAS = {"default", "metadata", "expected", "serialization", "ref", "schema_ref"}


def storable(schema: Any) -> Any:
    """``schema`` with strict numbers, integers of 64 bits and texts without NUL, at any depth."""
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
            schema.setdefault("ge", -_INT64)
        if "lt" not in schema:
            schema.setdefault("le", _INT64 - 1)
    if kind == "float":
        schema.setdefault("allow_inf_nan", False)
    if kind == "str" and schema.get("metadata", {}).get("padstone") is None:
        # The mark keeps a schema that is walked twice, within its model and within a nesting one,
        # from being wrapped twice.
        metadata = {**schema.get("metadata", {}), "padstone": "no NUL"}
        text: Any = {**schema, "metadata": metadata}
        return core_schema.no_info_after_validator_function(_without_nul, text)
    return schema


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise PydanticCustomError("nul", "must not hold the character NUL (U+0000)")
    return text

"""Rows against a model."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Generic, TypeVar

import pydantic
from pydantic_core import from_json

from padstone.errors import ValidationError
from padstone.problems import field_error
from padstone.transfer.row import Row

__all__ = ["RowModel"]

M = TypeVar("M", bound=pydantic.BaseModel)

_INTEGER = re.compile(r"[+-]?[0-9]+").fullmatch
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?").fullmatch
_LONGEST_INTEGER = 100  # far beyond any column, and below what Python refuses to read

_Schema = Mapping[str, Any]


class RowModel(Generic[M]):
    """Turns rows into ``model``.

    The texts of a CSV row become what their fields are first, as the model's JSON schema tells:
    numbers, ``true`` and ``false``, and lists and objects written as JSON. So the model may be as
    strict as for a JSON body.
    """

    def __init__(self, model: type[M]) -> None:
        self._model = model
        self._schema = model.model_json_schema(mode="validation")
        self._kinds: dict[tuple[str, ...], set[str]] = {}

    def __call__(self, row: Row) -> M:
        """The row as a model. ``ValidationError`` names what is wrong, with paths in the row."""
        if row.errors:
            raise ValidationError(errors=row.errors)
        values = self._typed(row.values) if row.is_text else row.values
        try:
            return self._model.model_validate(values)
        except pydantic.ValidationError as error:
            found = error.errors(include_url=False, include_input=False)
        # Raised here, where Pydantic's error, which holds the input, is forgotten.
        raise ValidationError(errors=[field_error(item) for item in found])

    def _typed(self, values: Mapping[str, Any], path: tuple[str, ...] = ()) -> dict[str, Any]:
        typed = {}
        for name, value in values.items():
            here = (*path, name)
            if isinstance(value, str):
                typed[name] = _read(value, self._kinds_at(here))
            else:
                typed[name] = value if value is None else self._typed(value, here)
        return typed

    def _kinds_at(self, path: tuple[str, ...]) -> set[str]:
        """The JSON types that the field at ``path`` takes; none for a field that is not there."""
        if path in self._kinds:
            return self._kinds[path]
        found = list(self._variants(self._schema))
        for step in path:
            inner = [one["properties"][step] for one in found if step in one.get("properties", {})]
            found = [variant for one in inner for variant in self._variants(one)]
        kinds = {variant.get("type", "string") for variant in found}
        if found:  # the columns of a file are anybody's, and must not be remembered
            self._kinds[path] = kinds
        return kinds

    def _variants(self, schema: _Schema) -> Iterator[_Schema]:
        """``schema`` itself, or the ones that it refers to or is made of."""
        if "$ref" in schema:
            yield from self._variants(self._schema["$defs"][schema["$ref"].rpartition("/")[2]])
        elif parts := [*schema.get("anyOf", ()), *schema.get("oneOf", ())]:
            for part in parts:
                yield from self._variants(part)
        else:
            yield schema


def _read(text: str, kinds: set[str]) -> Any:
    """The value that ``text`` stands for; the text itself where it stands for none of ``kinds``."""
    bare = text.strip()
    if not kinds or "string" in kinds:
        return text
    if "integer" in kinds and _INTEGER(bare) and len(bare) <= _LONGEST_INTEGER:
        return int(bare)
    if "number" in kinds and _NUMBER(bare):
        return float(bare)
    if "boolean" in kinds and bare.lower() in {"true", "false"}:
        return bare.lower() == "true"
    if kinds & {"array", "object"} and bare[:1] in {"[", "{"}:
        with suppress(ValueError):  # the model says what it expects
            return from_json(bare, allow_inf_nan=False)
    return text

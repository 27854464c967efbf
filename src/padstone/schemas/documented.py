"""Models in the OpenAPI document that no parameter of a route names.

A route that reads its body as it comes in tells FastAPI nothing of it. It writes the model's schema
in place, and the application moves it to where all the named ones are.
"""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

__all__ = ["documented", "name_documented"]

_REF = "#/components/schemas/{model}"
_NAME = "x-padstone-model"


def documented(model: type[BaseModel]) -> dict[str, Any]:
    """The schema of ``model`` for a route's ``openapi_extra``."""
    return {_NAME: model.__name__, **model.model_json_schema(ref_template=_REF)}


def name_documented(document: dict[str, Any]) -> dict[str, Any]:
    """Moves every schema of ``documented`` in a document to its components, in place."""
    components = document.setdefault("components", {}).setdefault("schemas", {})
    for schema in list(_in_place(document.get("paths", {}))):
        name = schema.pop(_NAME)
        components |= schema.pop("$defs", {})
        components[name] = dict(schema)
        schema.clear()
        schema["$ref"] = _REF.format(model=name)
    return document


def _in_place(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if _NAME in value:
            yield value
            return
        value = value.values()
    elif not isinstance(value, list):
        return
    for item in value:
        yield from _in_place(item)

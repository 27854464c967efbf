"""Values that fit a schema, the same ones each time: examples first, then what the type allows."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from padstone.ids import new_id
from padstone.testing.contract.document import resolve

__all__ = ["Bodies", "NoExampleError"]

_FORMATS = {
    "date": "2024-05-01",
    "date-time": "2030-05-01T12:00:00Z",
    "duration": "PT1H",
    "email": "someone@example.com",
    "ipv4": "192.0.2.1",
    "password": "a long enough Passw0rd of nobody",
    "time": "12:00:00Z",
    "uri": "https://example.com/",
    "uuid": "",  # a new one each time
}
_DEEPEST = 6


class NoExampleError(AssertionError):
    """A field whose schema does not tell what would fit it."""


@dataclass(frozen=True)
class Bodies:
    """Makes values for the schemas of one document.

    ``number`` makes texts differ from those of other numbers, where the schema allows it, for
    rows that must be unique; the fields in ``plain`` stay as they are. With ``deep`` optional
    fields that hold objects are there too. A field of ``given`` has that value at any depth.
    """

    document: Mapping[str, Any]
    number: int = 0
    plain: frozenset[str] = frozenset()
    deep: bool = False
    given: Mapping[str, Any] | None = None

    def make(self, schema: Mapping[str, Any]) -> Any:
        """A value for ``schema``. ``NoExampleError`` names the field that needs an example."""
        return self._value(schema, "the body", _examples(schema), _DEEPEST)

    def is_id(self, schema: Mapping[str, Any]) -> bool:
        """Whether ``schema`` is of a UUID or a public id."""
        schema = self._one_of(resolve(self.document, schema))
        return schema.get("format") == "uuid" or "_[0-7][0-9a-h" in schema.get("pattern", "")

    def _value(self, schema: Mapping[str, Any], place: str, examples: list[Any], depth: int) -> Any:
        schema = self._one_of(resolve(self.document, schema))
        examples = examples or _examples(schema)
        kind = "object" if "properties" in schema else schema.get("type")
        if kind == "object":
            return self._object(schema, place, examples, depth)
        if kind == "array":
            return self._array(schema, place, examples, depth)
        if "enum" not in schema and "const" not in schema and kind == "string":
            return self._text(schema, place, examples)
        return next(iter([*examples, *_likely(schema)]))

    def _one_of(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        kinds = schema.get("anyOf") or schema.get("oneOf")
        if not kinds:
            return schema
        known = [resolve(self.document, kind) for kind in kinds]
        chosen = next((kind for kind in known if kind.get("type") != "null"), known[0])
        return {**self._one_of(chosen), **{k: v for k, v in schema.items() if k == "examples"}}

    def _object(
        self, schema: Mapping[str, Any], place: str, examples: list[Any], depth: int
    ) -> dict[str, Any]:
        fields = schema.get("properties", {})
        example = examples[0] if examples and isinstance(examples[0], dict) else {}
        if not fields:
            return dict(example)
        needed = {name for name in fields if name in schema.get("required", ()) or name in example}
        if self.deep and depth > 0:
            needed |= {name for name, one in fields.items() if self._holds_objects(one)}
        made = {}
        for name in fields:
            if name not in needed:
                continue
            if self.given and name in self.given and self.is_id(fields[name]):
                made[name] = self.given[name]
                continue
            own = [example[name]] if name in example else []
            made[name] = self._value(fields[name], f"{place}.{name}", own, depth - 1)
        return made

    def _array(
        self, schema: Mapping[str, Any], place: str, examples: list[Any], depth: int
    ) -> list[Any]:
        items = schema.get("items", {})
        wanted = schema.get("minItems", 0)
        if self.deep and depth > 0 and self._holds_objects(items):
            wanted = max(wanted, 1)
        if examples and isinstance(examples[0], list) and len(examples[0]) >= wanted:
            return list(examples[0])
        return [self._value(items, f"{place}[]", [], depth - 1) for _ in range(wanted)]

    def _holds_objects(self, schema: Mapping[str, Any]) -> bool:
        schema = self._one_of(resolve(self.document, schema))
        if schema.get("type") == "array":
            return self._holds_objects(schema.get("items", {}))
        return bool(schema.get("properties"))

    def _text(self, schema: Mapping[str, Any], place: str, examples: list[Any]) -> str:
        form = schema.get("format")
        if form == "uuid" and not examples:
            return str(new_id())
        if examples:
            text = str(examples[0])
        elif form in _FORMATS:
            text = _FORMATS[form]
        elif "pattern" in schema and not re.search(schema["pattern"], _plain_text(schema)):
            raise NoExampleError(
                f"{place} has a pattern and no example, so no test can make one. Give its field "
                "an example in the schema: Field(examples=[…])."
            )
        else:
            text = _plain_text(schema)
        if not self.number or place.rpartition(".")[2] in self.plain:
            return text
        return next((one for one in _others(text, form, self.number) if _fits(one, schema)), text)


def _examples(schema: Mapping[str, Any]) -> list[Any]:
    examples = schema.get("examples", [])
    return list(examples) if isinstance(examples, list) else []


def _likely(schema: Mapping[str, Any]) -> Iterator[Any]:
    """A value for a schema that says its values, or is a number, a truth value or anything."""
    if "const" in schema:
        yield schema["const"]
    yield from schema.get("enum", ())
    if schema.get("type") in {"integer", "number"}:
        yield _number(schema)
    yield {"boolean": False, "null": None}.get(str(schema.get("type")), {})


def _number(schema: Mapping[str, Any]) -> float:
    """One, or what is nearest to it."""
    above = schema.get("exclusiveMinimum")
    least = schema.get("minimum", 1 if above is None else above + 1)
    number = max(1, least)
    number = min(number, schema.get("maximum", number))
    return int(number) if schema["type"] == "integer" else number


def _plain_text(schema: Mapping[str, Any]) -> str:
    return "example".ljust(schema.get("minLength", 0), "s")[: schema.get("maxLength")]


def _others(text: str, form: str | None, number: int) -> Iterator[str]:
    """Texts like ``text``, of which the first that fits will do."""
    if form == "email":
        yield f"n{number}.{text}"
    elif form == "uri":
        yield f"{text.rstrip('/')}/{number}"
    elif form is None:
        yield f"{text} {number}"
        yield f"{text}-{number}"
        yield f"{text}{number}"


def _fits(text: str, schema: Mapping[str, Any]) -> bool:
    return len(text) <= schema.get("maxLength", len(text)) and bool(
        re.search(schema.get("pattern", ""), text)
    )

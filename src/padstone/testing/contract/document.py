"""The OpenAPI document, as the tests that are generated from it see it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["JSON", "Operation", "operations", "resolve"]

JSON = "application/json"
_METHODS = ("get", "put", "post", "delete", "patch")


@dataclass(frozen=True)
class Operation:
    """One operation: how it is called, what it needs, and what it may answer."""

    id: str
    method: str
    path: str
    document: Mapping[str, Any] = field(repr=False, compare=False)

    def __str__(self) -> str:
        return self.id

    @property
    def entry(self) -> Mapping[str, Any]:
        """The operation's own part of the document."""
        entry: Mapping[str, Any] = self.document["paths"][self.path][self.method.lower()]
        return entry

    @property
    def is_guarded(self) -> bool:
        """Whether the document asks for credentials."""
        security = self.entry.get("security", self.document.get("security", []))
        return bool(security) and {} not in security

    @property
    def scopes(self) -> frozenset[str]:
        """What the credentials must allow."""
        security = self.entry.get("security", self.document.get("security", []))
        return frozenset(scope for one in security for names in one.values() for scope in names)

    @property
    def is_ours(self) -> bool:
        """Whether its errors are problem documents. An operation that speaks the language of
        somebody else's clients has the forms of that: the system tests them itself.
        """
        return JSON not in self.responses.get("500", {}).get("content", {})

    @property
    def is_scoped(self) -> bool:
        """Whether the credentials must allow something in particular."""
        return self.is_guarded and bool(self.scopes)

    @property
    def takes_cookie(self) -> bool:
        """Whether browsers that signed in by cookie may call it."""
        return any("Cookie" in one for one in self.entry.get("security", []))

    @property
    def is_unsafe(self) -> bool:
        """Whether its method may change something."""
        return self.method != "GET"

    @property
    def rows(self) -> tuple[str, ...]:
        """The path's parameters that are ids of rows, from the left."""
        return tuple(name for name in _names(self.path) if name not in self.choices)

    @property
    def choices(self) -> Mapping[str, str]:
        """The path's parameters that have a few values only, each with the first of them."""
        values = {name: self.parameter(name) for name in _names(self.path)}
        return {name: str(one["enum"][0]) for name, one in values.items() if "enum" in one}

    @property
    def is_about_rows(self) -> bool:
        """Whether it is guarded and its path names a row."""
        return self.is_guarded and bool(self.rows)

    def matches(self, path: str) -> bool:
        """Whether ``path`` is one of the operation's, for some values of its parameters."""
        return re.fullmatch(re.sub(r"{\w+}", "[^/]+", self.path), path) is not None

    @property
    def is_item(self) -> bool:
        """Whether it shows the row that its path ends with."""
        return self.method == "GET" and self.path.endswith("}")

    @property
    def parameters(self) -> list[Mapping[str, Any]]:
        """Those of the path, the query and the headers."""
        shared = self.document["paths"][self.path].get("parameters", [])
        return [*shared, *self.entry.get("parameters", [])]

    def parameter(self, name: str) -> Mapping[str, Any]:
        """The schema of a parameter of the path."""
        found = next((one for one in self.parameters if one["name"] == name), None)
        assert found is not None, f"{self} does not describe its path parameter {name}"
        return resolve(self.document, found["schema"])

    @property
    def content(self) -> Mapping[str, Any]:
        """The body's media types with their schemas."""
        body: Mapping[str, Any] = self.entry.get("requestBody", {})
        content: Mapping[str, Any] = body.get("content", {})
        return content

    @property
    def has_body(self) -> bool:
        """Whether it takes a body of any kind."""
        return bool(self.content)

    @property
    def takes_json(self) -> bool:
        """Whether it takes a JSON body."""
        return JSON in self.content

    @property
    def body_schema(self) -> Mapping[str, Any]:
        """The schema of its JSON body."""
        schema: Mapping[str, Any] = resolve(self.document, self.content[JSON]["schema"])
        return schema

    @property
    def responses(self) -> Mapping[str, Any]:
        """What the document says about each status."""
        responses: Mapping[str, Any] = self.entry["responses"]
        return responses

    @property
    def is_list(self) -> bool:
        """Whether it answers with many rows at once: a page, or a bare list."""
        content = self.responses.get("200", {}).get("content", {})
        if self.method != "GET" or JSON not in content:
            return False
        schema = resolve(self.document, content[JSON]["schema"])
        items = schema.get("properties", {}).get("items", {})
        return "array" in {schema.get("type"), items.get("type")}

    @property
    def listed(self) -> str | None:
        """The path parameter of what a list lists; ``None`` where the paths do not tell."""
        inner = re.compile(re.escape(self.path) + r"/{(\w+)}")
        found = (inner.match(path) for path in self.document["paths"])
        return next((one[1] for one in found if one), None)


def operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    """All of them, without an exception list."""
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                yield Operation(item[method]["operationId"], method.upper(), path, document)


def _names(path: str) -> list[str]:
    return re.findall(r"{(\w+)}", path)


def resolve(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """``schema``, or what it refers to."""
    while "$ref" in schema:
        found: Any = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        # What stands beside a reference, such as examples, says more about this place.
        schema = {**found, **{key: value for key, value in schema.items() if key != "$ref"}}
    merged = dict(schema)
    for part in merged.pop("allOf", []):
        merged = {**resolve(document, part), **merged}
    return merged

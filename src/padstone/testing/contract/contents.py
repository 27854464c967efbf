"""What a request carries besides its path: a body of the right kind, and what the query needs."""

from collections.abc import Iterable, Mapping
from typing import Any

from padstone.testing.contract.bodies import Bodies
from padstone.testing.contract.document import JSON, Operation, resolve

__all__ = ["FORM", "URLENCODED", "as_request", "query_of", "template_of"]

FORM = "multipart/form-data"
URLENCODED = "application/x-www-form-urlencoded"
_FILE = ("example.txt", b"example", "text/plain")


def template_of(operation: Operation, kinds: Iterable[str], **options: Any) -> Any:
    """A body that fits, in which ``{product_id}`` stands where the id of such a row belongs.

    ``kinds`` are the names of rows. Bytes where the body is neither JSON nor a form.
    """
    for kind in (JSON, FORM, URLENCODED):
        if kind in operation.content:
            given = {name: f"{{{name}}}" for name in kinds}
            schema = operation.content[kind]["schema"]
            return Bodies(operation.document, given=given, **options).make(schema)
    return b""


def as_request(operation: Operation, body: Any, files: Mapping[str, Any]) -> dict[str, Any]:
    """``body`` in the words of the HTTP client. ``files`` are those that form fields upload."""
    if isinstance(body, bytes):
        return {"content": body, "headers": {"Content-Type": next(iter(operation.content))}}
    if operation.takes_json:
        return {"json": body}
    if FORM not in operation.content:
        return {"data": body}
    schema = resolve(operation.document, operation.content[FORM]["schema"])
    uploads: list[tuple[str, Any]] = []
    fields: dict[str, Any] = {}
    for name, value in body.items():
        one = resolve(operation.document, schema["properties"][name])
        if _is_file(one) or _is_file(one.get("items", {})):
            uploads.append((name, files.get(name, _FILE)))
        else:
            fields[name] = value
    return {"data": fields, "files": uploads}


def query_of(operation: Operation) -> dict[str, Any]:
    """Values for the query parameters that must be there, where none is said."""
    bodies = Bodies(operation.document)
    return {
        one["name"]: bodies.make(one["schema"])
        for one in operation.parameters
        if one["in"] == "query" and one.get("required")
    }


def _is_file(schema: Mapping[str, Any]) -> bool:
    return schema.get("format") == "binary" or "contentMediaType" in schema

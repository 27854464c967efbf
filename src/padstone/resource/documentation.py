"""What the OpenAPI document says of each operation."""

from typing import Any

from padstone.problems import problem_responses
from padstone.resource.declaration import Declaration
from padstone.resource.operations import Operation

__all__ = ["operation_id", "responses_of", "summary_of"]

_ETAG = {
    "ETag": {
        "description": "The revision; send it back as `If-Match` or `If-None-Match`.",
        "schema": {"type": "string", "examples": ['"3"']},
    }
}
_LOCATION = {
    "Location": {
        "description": "Where the new one is.",
        "schema": {"type": "string", "format": "uri-reference"},
    }
}
_PLURAL = {
    Operation.LIST,
    Operation.BULK_CREATE,
    Operation.BULK_UPDATE,
    Operation.IMPORT,
    Operation.EXPORT,
}
_REFUSALS: dict[Operation, tuple[int, ...]] = {
    Operation.LIST: (),
    Operation.GET: (404,),
    Operation.CREATE: (409,),
    Operation.UPDATE: (404, 409, 412),
    Operation.DELETE: (404, 409, 412),
    Operation.RESTORE: (404, 409, 412),
    Operation.BULK_CREATE: (409,),
    Operation.BULK_UPDATE: (409,),
    Operation.IMPORT: (409,),
    Operation.EXPORT: (),
}


def operation_id(declared: Declaration, operation: Operation) -> str:
    """The stable name of an operation, also in generated clients: ``list_products``."""
    return f"{operation}_{declared.plural if operation in _PLURAL else declared.name}"


def summary_of(declared: Declaration, operation: Operation) -> str:
    """One line that says what the operation does."""
    article = "an" if declared.label[0] in "aeiou" else "a"
    one = f"{article} {declared.label}"
    lines = {
        Operation.LIST: f"List {declared.labels}",
        Operation.CREATE: f"Create {one}",
        Operation.GET: f"Show {one}",
        Operation.UPDATE: f"Change {one}",
        Operation.DELETE: f"Delete {one}",
        Operation.RESTORE: f"Restore a deleted {declared.label}",
        Operation.BULK_CREATE: f"Create many {declared.labels}",
        Operation.BULK_UPDATE: f"Change many {declared.labels}",
        Operation.IMPORT: f"Import {declared.labels} from a file",
        Operation.EXPORT: f"Export {declared.labels} to a file",
    }
    return lines[operation]


def responses_of(declared: Declaration, operation: Operation) -> dict[int | str, dict[str, Any]]:
    """The headers of the answer, and every error beyond those that the operation's form tells."""
    responses = problem_responses(*_REFUSALS[operation])
    has_tag = "revision" in declared.model.__mapper__.attrs
    tag = _ETAG if has_tag else {}
    if operation is Operation.CREATE:
        responses[201] = {"headers": {**tag, **_LOCATION}}
    elif operation in {Operation.GET, Operation.UPDATE, Operation.RESTORE}:
        responses[200] = {"headers": tag}
    if operation is Operation.GET and has_tag:
        responses[304] = {"description": "It has not changed since.", "headers": tag}
    return responses

"""What the OpenAPI document says of each operation."""

from typing import Any

from padstone.problems import problem_responses
from padstone.resource.columns import columns_of
from padstone.resource.declaration import Declaration
from padstone.resource.guards import PUBLIC
from padstone.resource.loading import names_relationships
from padstone.resource.operations import Operation
from padstone.transfer import MediaType

__all__ = ["description_of", "operation_id", "responses_of", "summary_of", "tells_changes"]

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
    Operation.IMPORT: (400, 409, 413, 415, 422),
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


def description_of(declared: Declaration, operation: Operation) -> str:
    """What a client needs to know beyond the summary."""
    return _sentences(declared)[operation]


def _sentences(declared: Declaration) -> dict[Operation, str]:
    owned = declared.owner is not None or declared.parent is not None
    whose = " Another's is as good as none." if owned else ""
    kept = "It can be restored." if declared.is_soft_deleted else "It is gone for good."
    report = (
        "Each row is validated by itself. With `best_effort` the good rows are written and the "
        "report says what became of each; with `all_or_nothing` one bad row keeps all from being "
        "written, and the answer is a 422 that names every error."
    )
    return {
        Operation.LIST: "A page by cursor, whose cost does not grow with depth, or by offset with "
        "the total. A parameter that is not listed here is refused.",
        Operation.CREATE: "The answer has it as it was stored, and where it is.",
        Operation.GET: f"With its revision as `ETag`.{whose}",
        Operation.UPDATE: "Fields that are left out stay as they are; a null is taken only where a "
        f"field may be empty.{whose}",
        Operation.DELETE: f"{kept}{whose}",
        Operation.RESTORE: "One that was not deleted stays as it is. If another has taken a value "
        "that must be unique, the answer is 409.",
        Operation.BULK_CREATE: report,
        Operation.BULK_UPDATE: f"Each row has its `id`. {report}",
        Operation.IMPORT: f"CSV with the names of the fields in its first line, a JSON array, or "
        f"one JSON object a line. {report}",
        Operation.EXPORT: "All that the filters leave, as a file that streams. In CSV a text that "
        "a spreadsheet would compute has an apostrophe in front.",
    }


def tells_changes(declared: Declaration) -> bool:
    """Whether an ETag tells of every change of the answer: not of those in other tables."""
    is_revised = "revision" in columns_of(declared.model)
    return is_revised and not names_relationships(declared.model, declared.read)


def responses_of(declared: Declaration, operation: Operation) -> dict[int | str, dict[str, Any]]:
    """The headers of the answer, and every error beyond those that the operation's form tells."""
    responses = problem_responses(*_REFUSALS[operation])
    if declared.guards.of(operation) is PUBLIC:
        # Anybody may, and credentials that are shown have to be good all the same.
        responses |= problem_responses(401)
    has_tag = "revision" in columns_of(declared.model)
    tag = _ETAG if has_tag else {}
    if operation is Operation.CREATE:
        responses[201] = {"headers": {**tag, **_LOCATION}}
    elif operation in {Operation.GET, Operation.UPDATE, Operation.RESTORE}:
        responses[200] = {"headers": tag}
    elif operation is Operation.EXPORT:
        text: dict[str, Any] = {"schema": {"type": "string"}}
        responses[200] = {
            "description": "The file.",
            "content": {media_type.value: text for media_type in MediaType},
        }
    if operation is Operation.GET and tells_changes(declared):
        responses[304] = {"description": "It has not changed since.", "headers": tag}
    return responses

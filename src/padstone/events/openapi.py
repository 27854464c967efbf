"""What the OpenAPI document says of a stream: what each of its events is.

OpenAPI 3.2 has ``itemSchema`` for that, and FastAPI writes it for streams of its own kind, though
its documents are of version 3.1, by whose rules they are wrong then. Before 3.2 ``schema`` is taken
to describe each event, by schemathesis for one, which holds the events to it.
"""

from typing import Any

from pydantic import BaseModel

from padstone.events.stream import MEDIA_TYPE, EventStream
from padstone.problems import problem_responses

__all__ = ["document_streams", "event_stream"]

_METHODS = {"get", "put", "post", "delete", "patch"}
_TEXT = {"type": "string"}
_PROBLEM = {"$ref": "#/components/schemas/ErrorResponse"}


def event_stream(
    data: type[BaseModel] | None = None, *, description: str = "Events, as they happen."
) -> dict[str, Any]:
    """For a route's decorator: it answers with a stream whose events have such ``data``.

    It may answer 409 too, to a client that comes again after its events have expired.
    """
    entry: dict[str, Any] = {"description": description}
    if data is not None:
        entry["model"] = data
    return {
        "response_class": EventStream,
        "responses": {200: entry, **problem_responses(409)},
    }


def document_streams(schema: dict[str, Any]) -> dict[str, Any]:
    """Completes an OpenAPI document in place: streams are described by their events."""
    for path in schema.get("paths", {}).values():
        for method, operation in path.items():
            if method in _METHODS:
                for response in operation.get("responses", {}).values():
                    content = response.get("content", {})
                    if MEDIA_TYPE in content:
                        content[MEDIA_TYPE] = {"schema": _events(content[MEDIA_TYPE])}
    return schema


def _events(entry: dict[str, Any]) -> dict[str, Any]:
    if "itemSchema" in entry:  # FastAPI's own
        event: dict[str, Any] = entry["itemSchema"]
        return event
    data = entry.get("schema", {})
    if "$ref" not in data:
        return _event(_TEXT)
    return {
        "anyOf": [
            _event(_json({"$ref": data["$ref"]})),
            _event(_json(_PROBLEM), kind="problem"),
            _event(_json({"type": "object", "maxProperties": 0}), kind="shutdown"),
        ]
    }


def _event(data: dict[str, Any], kind: str | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "data": data,
            "event": _TEXT if kind is None else {"const": kind},
            "id": _TEXT,
            "retry": {"type": "integer", "minimum": 0},
        },
        "required": ["data"] if kind is None else ["data", "event"],
    }


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "string", "contentMediaType": "application/json", "contentSchema": schema}

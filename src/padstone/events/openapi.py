"""What the OpenAPI document says of a stream: what each of its events is.

As a whole it is text. OpenAPI 3.2 has ``itemSchema`` for what it consists of. FastAPI writes that
for streams of its own kind, though its documents are of version 3.1, by whose rules they are wrong
then; so it is ``x-itemSchema`` here until they are of 3.2.
"""

from typing import Any

from pydantic import BaseModel

from padstone.events.stream import MEDIA_TYPE, EventStream
from padstone.problems import problem_responses

__all__ = ["document_streams", "event_stream"]

_METHODS = {"get", "put", "post", "delete", "patch"}
_TEXT = {"type": "string"}  # what FastAPI says of an answer that has no model, too


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
                        content[MEDIA_TYPE] = _stream(content[MEDIA_TYPE])
    return schema


def _stream(entry: dict[str, Any]) -> dict[str, Any]:
    event = entry.get("itemSchema") or _event(entry.get("schema", _TEXT))
    return {"schema": _TEXT, "x-itemSchema": event}


def _event(data: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = dict(_TEXT)
    if "$ref" in data:  # beside which FastAPI leaves that it is text
        model = {"$ref": data["$ref"]}
        content |= {"contentMediaType": "application/json", "contentSchema": model}
    return {
        "type": "object",
        "properties": {
            "data": content,
            "event": {"type": "string"},
            "id": {"type": "string"},
            "retry": {"type": "integer", "minimum": 0},
        },
        "required": ["data"],
    }

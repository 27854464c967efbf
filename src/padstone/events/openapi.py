"""What the OpenAPI document says of a stream: what each of its events is.

An answer of this kind has no end and so no schema as a whole. OpenAPI 3.2 has ``itemSchema`` for
that, and FastAPI writes it, with the form below, for streams of its own kind.
"""

from typing import Any

from pydantic import BaseModel

from padstone.events.stream import MEDIA_TYPE, EventStream
from padstone.problems import problem_responses

__all__ = ["document_streams", "event_stream"]

_METHODS = {"get", "put", "post", "delete", "patch"}


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
                    if "schema" in content.get(MEDIA_TYPE, {}):
                        content[MEDIA_TYPE] = {"itemSchema": _event(content[MEDIA_TYPE]["schema"])}
    return schema


def _event(data: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = {"type": "string"}
    if data != {"type": "string"}:  # what FastAPI says of an answer that has no model
        content |= {"contentMediaType": "application/json", "contentSchema": data}
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

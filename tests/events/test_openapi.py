from collections.abc import AsyncIterable, Callable
from typing import Any

from fastapi import APIRouter
from fastapi.sse import EventSourceResponse
from openapi_spec_validator import validate
from pydantic import BaseModel

from padstone.events import EventStream, LastEventIdDep, document_streams, event_stream


class Progress(BaseModel):
    done: int


def described(make_app: Callable[..., Any], **options: Any) -> tuple[Any, Any]:
    router = APIRouter()

    @router.get("/events", summary="Follow", **event_stream(**options))
    async def follow_events(_after: LastEventIdDep) -> EventStream:
        raise NotImplementedError

    document = make_app(router).openapi()
    validate(document)
    return document, document["paths"]["/events"]["get"]


def content_of(schema: Any) -> Any:
    data = schema["properties"]["data"]
    assert (data["type"], data["contentMediaType"]) == ("string", "application/json")
    return data["contentSchema"]


def test_a_stream_is_described_by_its_events(make_app: Callable[..., Any]) -> None:
    document, entry = described(make_app, data=Progress, description="How far it is.")
    answer = entry["responses"]["200"]
    assert answer["description"] == "How far it is."
    assert list(answer["content"]) == ["text/event-stream"]
    [usual, problem, shutdown] = answer["content"]["text/event-stream"]["schema"]["anyOf"]
    assert set(usual["properties"]) == {"data", "event", "id", "retry"}
    assert usual["required"] == ["data"]
    assert content_of(usual) == {"$ref": "#/components/schemas/Progress"}
    assert problem["properties"]["event"] == {"const": "problem"}
    assert content_of(problem) == {"$ref": "#/components/schemas/ErrorResponse"}
    assert shutdown["properties"]["event"] == {"const": "shutdown"}
    assert {"Progress", "ErrorResponse"} <= set(document["components"]["schemas"])


def test_without_a_model_its_data_is_text(make_app: Callable[..., Any]) -> None:
    _, entry = described(make_app)
    event = entry["responses"]["200"]["content"]["text/event-stream"]["schema"]
    assert event["properties"]["data"] == {"type": "string"}


def test_what_a_client_that_comes_again_may_meet(make_app: Callable[..., Any]) -> None:
    _, entry = described(make_app)
    assert {"409", "422", "500", "503"} <= set(entry["responses"])
    [header] = entry["parameters"]
    assert (header["name"], header["in"]) == ("Last-Event-ID", "header")


def test_other_answers_stay_as_they_are() -> None:
    other = {"paths": {"/a": {"get": {"responses": {"200": {"content": {"text/plain": {}}}}}}}}
    assert document_streams(dict(other)) == other


def test_fastapis_own_streams_are_described_by_the_rules_too(make_app: Callable[..., Any]) -> None:
    router = APIRouter()

    @router.get("/ticks", summary="Ticks", response_class=EventSourceResponse)
    async def follow_ticks() -> AsyncIterable[Progress]:
        yield Progress(done=1)

    document = make_app(router).openapi()
    validate(document)
    stream = document["paths"]["/ticks"]["get"]["responses"]["200"]["content"]["text/event-stream"]
    assert content_of(stream["schema"]) == {"$ref": "#/components/schemas/Progress"}

"""A body that is too large is told of as a problem, and nothing else is touched."""

import json
from typing import Any

import pytest
from starlette.responses import PlainTextResponse, Response
from starlette.types import Message, Receive, Scope, Send

from padstone.middleware import BodyLimitProblem


async def answered(response: Response) -> tuple[int, bytes]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    scope = {"type": "http", "method": "GET", "path": "/a", "headers": [], "state": {}}
    await BodyLimitProblem(response, 1000)(scope, receive, send)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)


async def test_a_plain_refusal_becomes_a_problem() -> None:
    status, body = await answered(PlainTextResponse("Content Too Large", 413))
    assert status == 413
    assert json.loads(body)["code"] == "too_large"
    assert "1000 bytes" in json.loads(body)["detail"]


@pytest.mark.parametrize(
    "response",
    [
        PlainTextResponse("fine"),
        PlainTextResponse("no", 404),
        Response(b"{}", 413, media_type="application/problem+json"),
        Response(b"", 413),
    ],
)
async def test_any_other_answer_is_left_alone(response: Response) -> None:
    assert await answered(response) == (response.status_code, response.body)


async def test_the_limit_of_a_route_is_told() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        scope["starlette.max_body_size"] = 7
        await PlainTextResponse("Content Too Large", 413)(scope, receive, send)

    _status, body = await answered(app)  # type: ignore[arg-type]  # as an application it serves
    assert "7 bytes" in json.loads(body)["detail"]


@pytest.mark.parametrize("kind", ["websocket", "lifespan"])
async def test_what_is_no_request_passes(kind: str) -> None:
    seen: list[Any] = []

    async def app(*given: Any) -> None:
        seen.extend(given)

    mine: Any = ({"type": kind}, object(), object())
    await BodyLimitProblem(app, 1000)(*mine)
    assert tuple(seen) == mine

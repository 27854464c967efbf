"""What is left out for requests without an origin changes no answer (C8)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from padstone.middleware import Cors

OPTIONS: dict[str, Any] = {
    "allow_methods": ["GET", "POST"],
    "allow_headers": ["X-API-Key"],
    "expose_headers": ["ETag"],
}
ORIGIN = b"https://app.example.com"
ASKED = (b"access-control-request-method", b"POST")


async def answered(app: ASGIApp, method: str, headers: list[tuple[bytes, bytes]]) -> list[Message]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    await app({"type": "http", "method": method, "headers": headers}, receive, send)
    return sent


def answering(start: Message) -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send(dict(start))
        await send({"type": "http.response.body", "body": b"a"})

    return app


varied = st.sampled_from([b"Accept", b"Origin", b"Accept, Cookie", b""])
own = st.lists(
    st.tuples(st.just(b"vary"), varied)
    | st.sampled_from([(b"content-type", b"text/plain"), (b"etag", b'"1"'), (b"Vary", b"Accept")]),
    max_size=4,
)
asking = st.lists(
    st.sampled_from([(b"origin", ORIGIN), (b"origin", b"null"), ASKED, (b"accept", b"*/*")]),
    max_size=3,
)


@given(
    method=st.sampled_from(["GET", "OPTIONS", "POST"]),
    headers=asking,
    start=st.builds(
        lambda headers: {"type": "http.response.start", "status": 200, "headers": headers}, own
    )
    | st.just({"type": "http.response.start", "status": 204}),
    origins=st.sampled_from([[], ["*"], [ORIGIN.decode()]]),
    credentials=st.booleans(),
)
async def test_every_answer_is_starlettes(
    method: str, headers: Any, start: Message, origins: list[str], *, credentials: bool
) -> None:
    options = {**OPTIONS, "allow_origins": origins, "allow_credentials": credentials}
    ours = await answered(Cors(answering(start), **options), method, headers)
    theirs = await answered(CORSMiddleware(answering(start), **options), method, headers)
    assert ours == theirs


@pytest.mark.parametrize("kind", ["websocket", "lifespan"])
async def test_what_is_no_request_passes(kind: str) -> None:
    seen: list[Any] = []

    async def app(*given: Any) -> None:
        seen.extend(given)

    mine: Any = ({"type": kind}, object(), object())
    await Cors(app)(*mine)
    assert tuple(seen) == mine

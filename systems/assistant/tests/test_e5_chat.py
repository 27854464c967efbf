"""E5: chat completions in OpenAI's form, streamed and whole, at both addresses."""

from typing import Any

import httpx2
import pytest
from people import SignedIn, SignIn, bearer
from talking import frames, question

from padstone.problems import ErrorResponse

PATHS = ["/api/v1/chat/completions", "/v1/chat/completions"]
TOOL = {"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}


@pytest.mark.parametrize("path", PATHS)
async def test_e5_a_completion_is_answered_whole(
    client: httpx2.AsyncClient, member: SignedIn, path: str
) -> None:
    """GIVEN somebody with credits
    WHEN a completion is asked for
    THEN it comes in OpenAI's form, with its usage
    """
    answer = await client.post(path, json=question(said="Hello."), headers=member.headers)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body.pop("id").startswith("chatcmpl-")
    assert body.pop("created") > 1_700_000_000
    assert body == {
        "object": "chat.completion",
        "model": "echo",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "Hello."},
                "finish_reason": "stop",
            }
        ],
        "usage": {
            "prompt_tokens": 2,
            "completion_tokens": 2,
            "total_tokens": 4,
            "is_estimate": True,
        },
    }


@pytest.mark.parametrize("path", PATHS)
async def test_e5_a_completion_is_streamed(
    client: httpx2.AsyncClient, member: SignedIn, path: str
) -> None:
    """GIVEN somebody with credits
    WHEN a completion is asked for as a stream
    THEN its chunks come as server-sent events, and [DONE] at the end
    """
    asked = question(said="Hello there.", stream=True)
    answer = await client.post(path, json=asked, headers=member.headers)
    assert answer.headers["content-type"].startswith("text/event-stream")
    *chunks, end = frames(answer.text)
    assert end == "[DONE]"
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"}
    assert len({chunk["id"] for chunk in chunks}) == 1
    assert not [chunk for chunk in chunks if "usage" in chunk]
    said = "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks)
    assert said == "Hello there."
    assert [chunk["choices"][0]["finish_reason"] for chunk in chunks][-2:] == [None, "stop"]


async def test_e5_a_stream_ends_with_its_usage_where_that_is_asked_for(
    client: httpx2.AsyncClient, member: SignedIn
) -> None:
    """GIVEN stream_options.include_usage
    WHEN a completion is streamed
    THEN the last chunk has no choices and the usage
    """
    asked = question(said="Hello.", stream=True, stream_options={"include_usage": True})
    answer = await client.post(PATHS[0], json=asked, headers=member.headers)
    *_, last, end = frames(answer.text)
    assert end == "[DONE]"
    assert last["choices"] == []
    assert (last["usage"]["prompt_tokens"], last["usage"]["completion_tokens"]) == (2, 2)


async def test_e5_tools_are_passed_through(client: httpx2.AsyncClient, member: SignedIn) -> None:
    """GIVEN a tool that must be called
    WHEN a completion is asked for
    THEN the answer calls it, and has content null as clients expect
    """
    asked = question(tools=[TOOL], tool_choice="required")
    answer = await client.post(PATHS[0], json=asked, headers=member.headers)
    [choice] = answer.json()["choices"]
    assert choice["finish_reason"] == "tool_calls"
    assert choice["message"]["content"] is None
    assert choice["message"]["tool_calls"][0]["function"] == {"name": "look", "arguments": "{}"}


async def test_e5_unknown_fields_are_ignored(client: httpx2.AsyncClient, member: SignedIn) -> None:
    """GIVEN fields that nobody here knows, at every depth
    WHEN a completion is asked for
    THEN it is answered as if they were not there
    """
    asked = question(said="Hello.", service_tier="auto", credits_balance_micros=1)
    asked["messages"][0]["weight"] = 1
    answer = await client.post(PATHS[0], json=asked, headers=member.headers)
    assert answer.status_code == 200, answer.text


async def test_e5_a_key_works_as_a_token_does(client: httpx2.AsyncClient, member: SignedIn) -> None:
    """GIVEN an API key
    WHEN it is shown as a bearer and as a header
    THEN both are taken
    """
    made = await client.post(
        "/api/v1/keys", json={"name": "k", "scopes": ["chat:write"]}, headers=member.headers
    )
    assert made.status_code == 201, made.text
    secret = made.json()["secret"]
    for headers in (bearer(secret), {"X-API-Key": secret}):
        answer = await client.post(PATHS[1], json=question(), headers=headers)
        assert answer.status_code == 200, answer.text


def error_of(answer: httpx2.Response, status: int) -> dict[str, Any]:
    """The error in OpenAI's form."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"message", "type", "param", "code"}
    assert answer.headers["x-request-id"]
    error: dict[str, Any] = body["error"]
    return error


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("headers", [{}, bearer("sk_live_nonsense"), bearer("a.b.c")])
async def test_e5_wrong_credentials_are_told_in_openais_form(
    client: httpx2.AsyncClient, path: str, headers: dict[str, str]
) -> None:
    """GIVEN no credentials, or bad ones
    WHEN a completion is asked for
    THEN it is 401 invalid_api_key
    """
    error = error_of(await client.post(path, json=question(), headers=headers), 401)
    assert error["code"] == "invalid_api_key"


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "nobody", "content": "x"}]}, "messages.0.role"),
        ({"messages": [{"role": "user"}]}, "messages.0"),
        ({"temperature": 3}, "temperature"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"model": None}, "model"),
        ({"conversation_id": "nonsense"}, "conversation_id"),
    ],
)
async def test_e5_what_cannot_be_used_is_named(
    client: httpx2.AsyncClient, member: SignedIn, change: dict[str, Any], param: str
) -> None:
    """GIVEN a value that cannot be used
    WHEN a completion is asked for
    THEN it is 400 and names the field
    """
    asked = question() | change
    error = error_of(await client.post(PATHS[0], json=asked, headers=member.headers), 400)
    assert error["type"] == "invalid_request_error"
    assert error["param"] == param
    assert error["message"].startswith(f"{param}: ")


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b'{"model":', "application/json", 400),
        (b"model=echo", "application/x-www-form-urlencoded", 415),
        (b" " * 2_000_000, "application/json", 413),
    ],
)
async def test_e5_what_cannot_be_read_is_told_in_openais_form(
    client: httpx2.AsyncClient, member: SignedIn, content: bytes, kind: str, status: int
) -> None:
    """GIVEN a body that is broken, of another kind, or too large
    WHEN it is sent
    THEN the error has OpenAI's form
    """
    headers = {**member.headers, "Content-Type": kind}
    error_of(await client.post(PATHS[0], content=content, headers=headers), status)


async def test_e5_an_unknown_model_is_not_found(
    client: httpx2.AsyncClient, signed_in: SignIn
) -> None:
    """GIVEN a model that nobody has
    WHEN it is asked, or looked for
    THEN it is 404 model_not_found
    """
    pro = await signed_in(plan="pro")
    asked = await client.post(PATHS[0], json=question("gpt-9"), headers=pro.headers)
    sought = await client.get("/v1/models/meta/gpt-9", headers=pro.headers)
    for answer in (asked, sought):
        error = error_of(answer, 404)
        assert (error["code"], error["param"]) == ("model_not_found", "model")


@pytest.mark.parametrize("base", ["/api/v1", "/v1"])
async def test_e5_models_are_listed(
    client: httpx2.AsyncClient, member: SignedIn, base: str
) -> None:
    """GIVEN a provider
    WHEN the models are listed, and one is looked at
    THEN they are there as OpenAI writes them
    """
    listed = await client.get(f"{base}/models", headers=member.headers)
    echo = {"id": "echo", "object": "model", "created": 0, "owned_by": "echo"}
    assert listed.json() == {"object": "list", "data": [echo]}
    shown = await client.get(f"{base}/models/echo", headers=member.headers)
    assert shown.json() == echo


async def test_e5_the_rest_of_the_api_keeps_its_form(
    client: httpx2.AsyncClient, member: SignedIn
) -> None:
    """GIVEN the paths of OpenAI's language
    WHEN something else goes wrong
    THEN it is a problem document
    """
    for answer in (
        await client.get("/api/v1/conversations"),
        await client.get("/v1/nothing", headers=member.headers),
        await client.get(PATHS[0], headers=member.headers),
    ):
        assert answer.headers["content-type"] == "application/problem+json"
        assert set(answer.json()) == set(ErrorResponse.model_fields)


async def test_e5_nothing_that_is_said_is_logged(
    client: httpx2.AsyncClient, member: SignedIn, capsys: pytest.CaptureFixture[str]
) -> None:
    """GIVEN a prompt, a tool, and answers to them
    WHEN all goes well, and when it does not
    THEN neither is in any log line
    """
    tool = {"type": "function", "function": {"name": "canary_tool", "description": "canary"}}
    for change in ({}, {"stream": True}, {"n": 3}, {"temperature": "canary"}, {"model": "nobody"}):
        asked = question(said="canary", tools=[tool], **change)  # type: ignore[arg-type]  # on purpose
        await client.post(PATHS[0], json=asked, headers=member.headers)
    told = capsys.readouterr()
    assert "canary" not in told.out + told.err

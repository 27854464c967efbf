"""Every source of error answers with the one shape (C6)."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

import httpx2
import pytest
from fastapi import APIRouter, HTTPException, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from padstone import errors
from padstone.problems import ErrorResponse
from padstone.settings import Settings

MakeClient = Callable[..., Any]


CANARY = "hunter2-canary"


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")

    password: str = Field(max_length=8)
    count: int = 0


def _router() -> APIRouter:
    router = APIRouter()

    @router.post("/things")
    async def create_thing(body: Body) -> Body:
        return body

    @router.get("/things/{number}")
    async def read_thing(number: Annotated[int, Path(le=9)], q: Annotated[int, Query()] = 0) -> int:
        return number + q

    @router.get("/boom")
    async def boom() -> None:
        raise RuntimeError(CANARY)

    @router.get("/slow")
    async def slow() -> None:
        raise TimeoutError(CANARY)

    @router.get("/raise/{name}")
    async def raise_by_name(name: str) -> None:
        raise getattr(errors, name)

    @router.get("/teapot")
    async def teapot() -> None:
        raise HTTPException(418, "I am one", headers={"X-Pot": "yes"})

    return router


def problem(answer: httpx2.Response, status: int, code: str) -> ErrorResponse:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    parsed = ErrorResponse.model_validate(answer.json())
    assert (parsed.status, parsed.code) == (status, code)
    assert parsed.request_id == answer.headers["x-request-id"]
    assert parsed.type == f"urn:problem-type:{code}"
    assert CANARY not in answer.text
    return parsed


async def test_an_unknown_route(started: MakeClient) -> None:
    async with started(_router()) as client:
        found = problem(await client.get("/nowhere"), 404, "not_found")
    assert found.instance == "/nowhere"


async def test_a_method_that_is_not_offered(started: MakeClient) -> None:
    async with started(_router()) as client:
        answer = await client.delete("/things")
    found = problem(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == "POST"
    assert found.detail == "This path does not answer to DELETE, but to POST."


async def test_a_body_that_is_no_json(started: MakeClient) -> None:
    async with started(_router()) as client:
        answer = await client.post(
            "/things",
            content=f'{{"password": {CANARY}',
            headers={"Content-Type": "application/json"},
        )
    assert "character 13" in problem(answer, 400, "bad_request").detail


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", None])
async def test_a_body_of_another_media_type(started: MakeClient, media_type: str | None) -> None:
    headers = {"Content-Type": media_type} if media_type else {}
    async with started(_router()) as client:
        answer = await client.post("/things", content=b'{"password":"x"}', headers=headers)
    problem(answer, 415, "unsupported_media_type")


async def test_values_that_cannot_be_used_are_named_and_not_repeated(started: MakeClient) -> None:
    async with started(_router()) as client:
        answer = await client.post("/things", json={"password": CANARY, "count": "x", "more": 1})
    found = problem(answer, 422, "validation_failed")
    assert {item.field for item in found.errors} == {"body.password", "body.count", "body.more"}


async def test_path_and_query_are_named(started: MakeClient) -> None:
    async with started(_router()) as client:
        found = problem(await client.get("/things/10?q=x"), 422, "validation_failed")
    assert {item.field for item in found.errors} == {"path.number", "query.q"}


async def test_an_unexpected_error_shows_nothing_of_the_inside(
    started: MakeClient, capfd: pytest.CaptureFixture[str]
) -> None:
    async with started(_router()) as client:
        answer = await client.get("/boom")
    problem(answer, 500, "internal_error")
    assert answer.headers["x-content-type-options"] == "nosniff"
    logged = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    unhandled = [line for line in logged if line["event"] == "unhandled error"]
    assert len(unhandled) == 1
    assert unhandled[0]["request_id"] == answer.headers["x-request-id"]
    assert unhandled[0]["exception"][0]["exc_value"] == CANARY


async def test_a_dependency_that_times_out_is_not_our_defect(started: MakeClient) -> None:
    async with started(_router()) as client:
        answer = await client.get("/slow")
    problem(answer, 503, "unavailable")
    assert answer.headers["retry-after"] == "1"


@pytest.mark.parametrize(
    "name",
    sorted(name for name in errors.__all__ if name.endswith("Error") and name != "FieldError"),
)
async def test_each_branch_of_the_tree_has_its_status(started: MakeClient, name: str) -> None:
    expected = {
        "AuthError": 401,
        "BadRequestError": 400,
        "ConflictError": 409,
        "NotFoundError": 404,
        "PadstoneError": 500,
        "PaymentRequiredError": 402,
        "PermissionDeniedError": 403,
        "PreconditionFailedError": 412,
        "RateLimitedError": 429,
        "TooLargeError": 413,
        "UnavailableError": 503,
        "UnsupportedMediaError": 415,
        "ValidationError": 422,
    }
    async with started(_router()) as client:
        answer = await client.get(f"/raise/{name}")
    problem(answer, expected[name], getattr(errors, name).code)
    assert ("www-authenticate" in answer.headers) == (name == "AuthError")


async def test_a_bare_http_error_keeps_its_status_and_headers(started: MakeClient) -> None:
    async with started(_router()) as client:
        answer = await client.get("/teapot")
    assert problem(answer, 418, "bad_request").detail == "I am one"
    assert answer.headers["x-pot"] == "yes"


async def _chunks(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b" " * 1000


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_beyond_the_limit(started: MakeClient, chunked: bool) -> None:  # noqa: FBT001
    settings = Settings(MAX_BODY_BYTES=10_000)
    async with started(_router(), settings=settings) as client:
        answer = await client.post(
            "/things",
            content=_chunks(11) if chunked else b" " * 11_000,
            headers={"Content-Type": "application/json"},
        )
        assert "10000 bytes" in problem(answer, 413, "too_large").detail
        fitting = await client.post("/things", json={"password": "x"})
    assert fitting.status_code == 200


async def test_a_path_that_has_no_text_form(started: MakeClient) -> None:
    async with started(_router()) as client:
        answer = await client.get("/%ff%00%ed%a0%80")
    problem(answer, 404, "not_found")


async def test_a_body_beyond_the_limit_that_nobody_reads(started: MakeClient) -> None:
    async with started(_router(), settings=Settings(MAX_BODY_BYTES=10_000)) as client:
        answer = await client.post("/nowhere", content=b" " * 11_000)
    problem(answer, 413, "too_large")

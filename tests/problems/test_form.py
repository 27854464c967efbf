"""Errors in somebody else's form, on the paths that speak another language."""

from collections.abc import Mapping
from typing import Any

import pytest
from fastapi import APIRouter
from pydantic import BaseModel

from padstone.errors import RateLimitedError
from padstone.problems import ErrorResponse

router = APIRouter()


class Body(BaseModel):
    number: int


@router.post("/theirs/numbers")
@router.post("/ours/numbers", operation_id="ours")
async def take(body: Body) -> int:
    if body.number == 7:
        raise RateLimitedError(retry_after=3)
    if body.number == 8:
        raise RuntimeError("a defect")
    return body.number


def form(path: str, problem: ErrorResponse) -> tuple[int, Mapping[str, Any]] | None:
    if not path.startswith("/theirs"):
        return None
    fields = [one.field for one in problem.errors]
    return (400 if problem.status == 422 else problem.status), {"oh": problem.code, "in": fields}


@pytest.mark.parametrize(
    ("content", "status", "told"),
    [
        (b'{"number": "x"}', 400, {"oh": "validation_failed", "in": ["body.number"]}),
        (b"{", 400, {"oh": "bad_request", "in": []}),
        (b'{"number": 7}', 429, {"oh": "rate_limited", "in": []}),
        (b'{"number": 8}', 500, {"oh": "internal_error", "in": []}),
        (b" " * 2_000_000, 413, {"oh": "too_large", "in": []}),
    ],
)
async def test_each_error_is_told_so(
    started: Any, content: bytes, status: int, told: dict[str, Any]
) -> None:
    headers = {"Content-Type": "application/json"}
    async with started(router, problem_form=form) as client:
        theirs = await client.post("/theirs/numbers", content=content, headers=headers)
        ours = await client.post("/ours/numbers", content=content, headers=headers)
    assert (theirs.status_code, theirs.json()) == (status, told)
    assert theirs.headers["content-type"] == "application/json"
    assert theirs.headers.get("retry-after") == ours.headers.get("retry-after")
    assert ours.headers["content-type"] == "application/problem+json"
    assert ours.json()["code"] == told["oh"]


async def test_also_where_nothing_is_and_the_path_is_no_text(started: Any) -> None:
    async with started(router, problem_form=form) as client:
        answer = await client.get("/theirs/%ED%A0%80")
    assert (answer.status_code, answer.json()["oh"]) == (404, "not_found")

"""What a dependency wants every answer to carry, it carries."""

from typing import Annotated

import pytest
from fastapi import APIRouter, Depends
from starlette.requests import HTTPConnection

from padstone.errors import ConflictError
from padstone.middleware import response_headers
from started import MakeClient


async def _mark(connection: HTTPConnection) -> None:
    response_headers(connection)["X-Mark"] = "here"


router = APIRouter()
Mark = Annotated[None, Depends(_mark)]


@router.get("/good")
async def good(_mark: Mark) -> str:
    return "a"


@router.get("/conflict")
async def conflict(_mark: Mark) -> str:
    raise ConflictError


@router.get("/defect")
async def defect(_mark: Mark) -> str:
    raise KeyError


@router.get("/invalid")
async def invalid(_mark: Mark, number: int) -> int:
    return number


@router.get("/other")
async def other() -> str:
    return "a"


@pytest.mark.parametrize(
    ("path", "status"), [("/good", 200), ("/conflict", 409), ("/defect", 500), ("/invalid", 422)]
)
async def test_every_answer_carries_it(started: MakeClient, path: str, status: int) -> None:
    async with started(router) as client:
        answer = await client.get(path)
        assert (answer.status_code, answer.headers.get("X-Mark")) == (status, "here")
        assert "X-Mark" not in (await client.get("/other")).headers


def test_outside_of_a_request_it_is_only_a_mapping() -> None:
    connection = HTTPConnection({"type": "http", "headers": []})
    response_headers(connection)["a"] = "b"
    assert response_headers(connection) == {"a": "b"}

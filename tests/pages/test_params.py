"""Query parameters of lists: bounds, and what is said beyond them."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from fastapi import FastAPI

from padstone.pages import CursorDep, OffsetDep
from padstone.problems import add_problem_handlers

app = FastAPI()
add_problem_handlers(app)


@app.get("/cursor")
async def by_cursor(params: CursorDep) -> dict[str, Any]:
    return {"limit": params.limit, "cursor": params.cursor}


@app.get("/offset")
async def by_offset(params: OffsetDep) -> dict[str, Any]:
    return {"limit": params.limit, "offset": params.offset}


@pytest_asyncio.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


async def test_defaults(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/cursor")).json() == {"limit": 20, "cursor": None}
    assert (await client.get("/offset")).json() == {"limit": 20, "offset": 0}


@pytest.mark.parametrize(
    ("url", "field"),
    [
        ("/cursor?limit=0", "query.limit"),
        ("/cursor?limit=101", "query.limit"),
        ("/cursor?limit=many", "query.limit"),
        ("/cursor?limit=9999999999999999999999", "query.limit"),
        (f"/cursor?cursor={'a' * 5000}", "query.cursor"),
        ("/offset?limit=0", "query.limit"),
        ("/offset?offset=-1", "query.offset"),
        ("/offset?offset=1.5", "query.offset"),
        ("/offset?offset=10001", "query.offset"),
    ],
)
async def test_a_bad_value_is_named(client: httpx2.AsyncClient, url: str, field: str) -> None:
    answer = await client.get(url)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_too_deep_an_offset_recommends_the_cursor(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/offset?offset=10000&limit=100")).status_code == 200
    (error,) = (await client.get("/offset?offset=10001")).json()["errors"]
    assert error["code"] == "too_deep"
    assert "cursor" in error["message"]


async def test_the_bounds_are_documented() -> None:
    paths = app.openapi()["paths"]
    found = {
        (path, parameter["name"]): parameter["schema"]
        for path in ("/cursor", "/offset")
        for parameter in paths[path]["get"]["parameters"]
    }
    assert (found["/cursor", "limit"]["minimum"], found["/cursor", "limit"]["maximum"]) == (1, 100)
    assert found["/cursor", "limit"]["default"] == 20
    assert found["/offset", "offset"]["maximum"] == 10_000

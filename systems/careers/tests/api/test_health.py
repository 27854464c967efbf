"""D2: the seed's health endpoints, to the letter."""

from typing import Any

import httpx2

from app.main import app
from padstone.testing.queries import QueryCounter

OK = {"status": "ok", "version": "0.1.0"}


async def test_d2_health(client: httpx2.AsyncClient, queries: QueryCounter) -> None:
    with queries.at_most(0):
        answer = await client.get("/health")
    assert (answer.status_code, answer.json()) == (200, OK)


async def test_d2_health_of_version_1(client: httpx2.AsyncClient, queries: QueryCounter) -> None:
    with queries.at_most(0):
        answer = await client.get("/api/v1/health")
    assert (answer.status_code, answer.json()) == (200, OK)


async def test_d2_the_database_is_asked_each_time(
    client: httpx2.AsyncClient, queries: QueryCounter
) -> None:
    with queries.counting() as seen:
        for _ in range(3):
            answer = await client.get("/api/v1/health/db")
            assert answer.status_code == 200
            assert answer.json() == {"status": "ok", "database": "connected"}
    assert [statement for statement in seen if statement == "SELECT 1"] == ["SELECT 1"] * 3


async def test_d2_health_answers_before_anything_is_started() -> None:
    transport: Any = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.get("/health")).json() == OK
        assert (await client.get("/api/v1/health")).json() == OK
        assert (await client.get("/api/v1/health/db")).status_code == 503

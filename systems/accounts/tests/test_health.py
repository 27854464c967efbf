"""A2 and C12: what the health endpoints say when dependencies come and go."""

from typing import Any

import httpx2

from app.main import app

HEALTHY = {
    "status": "healthy",
    "database": "connected",
    "storage": "connected",
    "version": "0.1.0",
}


async def test_a2_everything_is_up(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/health")
    assert answer.status_code == 200
    assert answer.json() == HEALTHY


async def test_c12_readiness_names_each_dependency(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/health/ready")
    assert answer.status_code == 200
    assert set(answer.json()["dependencies"]) == {"database", "migrations", "storage"}


async def test_c12_health_before_the_lifespan() -> None:
    transport: Any = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.get("/health/live")).status_code == 200
        assert (await client.get("/health")).status_code == 503

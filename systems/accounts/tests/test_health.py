"""A2 and C12: what the health endpoints say when dependencies come and go."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from app.main import app
from padstone.health import HealthMonitor
from padstone.testing.running import Running

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


@pytest.fixture
async def monitor(running: Running) -> AsyncIterator[HealthMonitor]:
    found: HealthMonitor = running.state["health"]
    before = dict(found.results)
    yield found
    found.results.update(before)


async def test_c12_liveness_asks_nobody(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/health/live")).json() == {"status": "alive"}


async def test_c12_readiness_names_each_dependency(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/health/ready")
    assert answer.status_code == 200
    assert set(answer.json()["dependencies"]) == {"database", "migrations", "storage"}


async def test_c12_health_before_the_lifespan() -> None:
    transport: Any = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.get("/health/live")).status_code == 200
        assert (await client.get("/health")).status_code == 503

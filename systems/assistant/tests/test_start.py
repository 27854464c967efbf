"""E1: the service answers from its first moment, whatever it depends on, however it is started."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx2
import pytest
from fastapi.testclient import TestClient

from app.main import app
from padstone.settings import DatabaseSettings
from padstone.testing.contract.environment import environment_of
from padstone.testing.processes import WatchedProcess, bare_environment
from padstone.testing.proxies import Proxy
from padstone.testing.servers import ServerProcess, free_port

MAIN = Path(__file__).resolve().parents[1] / "app" / "main.py"
StartServers = Callable[..., Awaitable[list[ServerProcess]]]


def test_e1_health_needs_no_lifespan() -> None:
    """GIVEN an application that was never started
    WHEN its health is asked for
    THEN it is healthy, and names the version of the API and nothing else
    """
    answer = TestClient(app).get("/health")
    assert answer.status_code == 200
    assert answer.json() == {"status": "healthy", "version": "v1"}


def test_e1_the_root_is_the_documentation() -> None:
    """GIVEN the address that people try first
    WHEN it is opened, by a browser or by a program that follows no redirects
    THEN it is the interactive documentation, whose scripts may run
    """
    client = TestClient(app, follow_redirects=False)
    root, docs = client.get("/"), client.get("/docs")
    assert root.status_code == 200
    assert "swagger-ui" in root.text
    assert "/openapi.json" in root.text
    assert root.text == docs.text
    same = "content-security-policy"
    assert root.headers[same] == docs.headers[same]


def test_e1_version_1_begins_with_an_index() -> None:
    """GIVEN the prefix of version 1
    WHEN it is asked for by itself
    THEN it says which version this is, and where it is described
    """
    answer = TestClient(app).get("/api/v1/")
    assert answer.status_code == 200
    assert answer.json() == {
        "version": "v1",
        "documentation": "/docs",
        "openapi": "/openapi.json",
    }


def test_e1_an_unstarted_application_says_so_where_it_needs_more() -> None:
    """GIVEN an application that was never started
    WHEN something is asked for that needs its dependencies
    THEN the answer is 503, and no crash
    """
    client = TestClient(app)
    for path in ("/api/v1/auth/me", "/api/v1/keys", "/health/ready"):
        answer = client.get(path, headers={"Authorization": "Bearer nobody"})
        assert answer.status_code == 503, path
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.committed
async def test_e1_starting_waits_for_no_dependency(
    server: StartServers, cloned_settings: DatabaseSettings
) -> None:
    """GIVEN a database by URL that is not up yet
    WHEN the service is started
    THEN it is healthy and not ready, and it is ready once the database is there
    """
    proxy = Proxy(str(cloned_settings.DATABASE_URL))
    [one] = await server(DATABASE_URL=proxy.url, HEALTH_INTERVAL_SECONDS="0.1")
    async with httpx2.AsyncClient(base_url=one.url) as client:
        health = await client.get("/health")
        assert (health.status_code, health.json()["status"]) == (200, "healthy")
        assert (await client.get("/health/ready")).status_code == 503
        refused = await client.get("/api/v1/auth/me", headers={"X-API-Key": "sk_live_nobody"})
        assert refused.status_code == 401  # its form tells, so that no database is asked
        async with proxy:
            await one.ready()
            assert (await client.get("/health")).json() == health.json()


async def test_e1_the_file_itself_serves(cloned_settings: DatabaseSettings) -> None:
    """GIVEN the seed's way to start it, `python app/main.py`, from whatever folder
    WHEN it is started
    THEN it serves like `padstone serve`
    """
    port = free_port()
    started = WatchedProcess(
        [sys.executable, MAIN],
        Path("/"),
        bare_environment(
            **{
                **environment_of(cloned_settings),
                "ENVIRONMENT": "test",
                "LOG_LEVEL": "INFO",
                "PORT": str(port),
            }
        ),
    )
    try:
        await asyncio.to_thread(started.until, f"http://127.0.0.1:{port}")
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            assert (await client.get("/health")).json()["status"] == "healthy"
            assert (await client.get("/api/v1/")).status_code == 200
    finally:
        started.close()

"""A2, C12 and A1: what the server does while a dependency is away, and when it is back."""

import asyncio
import re
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from callers import Caller

from app.core.config import Settings
from padstone.testing.processes import WatchedProcess, bare_environment
from padstone.testing.proxies import Proxy
from padstone.testing.servers import ServerProcess, free_port

StartServers = Callable[..., Awaitable[list[ServerProcess]]]

VALIDATE = "/api/v1/auth/validate"
OBJECTS = "/api/v1/objects"
ARTIFACT = {"name": "a.csv", "content_type": "text/csv", "size_bytes": 8}


async def until(condition: Callable[[], Awaitable[Any]], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not await condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        await asyncio.sleep(0.02)


@pytest.fixture
async def database(cloned_settings: Settings) -> AsyncIterator[Proxy]:
    assert cloned_settings.DATABASE_URL is not None
    async with Proxy(cloned_settings.DATABASE_URL) as proxy:
        yield proxy


@pytest.fixture
async def storage(cloned_settings: Settings) -> AsyncIterator[Proxy]:
    assert cloned_settings.STORAGE_ENDPOINT_URL is not None
    async with Proxy(cloned_settings.STORAGE_ENDPOINT_URL) as proxy:
        yield proxy


@pytest.fixture
async def client(
    server: StartServers, database: Proxy, storage: Proxy
) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of a server process whose dependencies can be taken away."""
    (one,) = await server(DATABASE_URL=database.url, STORAGE_ENDPOINT_URL=storage.url)
    async with httpx2.AsyncClient(base_url=one.url, timeout=30) as client:
        yield client


async def health(client: httpx2.AsyncClient) -> tuple[int, str, str, str]:
    answer = await client.get("/health")
    body = answer.json()
    return answer.status_code, body["status"], body["database"], body["storage"]


@pytest.mark.committed
async def test_a2_storage_down_is_degraded(
    client: httpx2.AsyncClient, storage: Proxy, caller: Caller
) -> None:
    healthy = (200, "healthy", "connected", "connected")
    assert await health(client) == healthy
    created = await client.post(OBJECTS, json=ARTIFACT, headers=caller.headers)

    await storage.down()
    degraded = (200, "degraded", "connected", "disconnected")
    await until(lambda: _is(client, degraded))
    assert (await client.get("/health/ready")).status_code == 503
    assert (await client.post(VALIDATE, headers=caller.headers)).status_code == 200
    # What needs the storage says that it may be tried again; what only signs a link goes on.
    complete = f"{OBJECTS}/{created.json()['id']}/complete"
    _is_unavailable(await client.post(complete, headers=caller.headers))
    announced = await client.post(OBJECTS, json=ARTIFACT, headers=caller.headers)
    assert announced.status_code == 201

    await storage.up()
    await until(lambda: _is(client, healthy))


@pytest.mark.committed
async def test_a2_database_down_is_unhealthy(
    client: httpx2.AsyncClient, database: Proxy, caller: Caller, make_caller: Any
) -> None:
    unknown_yet = await make_caller()
    assert (await client.post(VALIDATE, headers=caller.headers)).status_code == 200

    await database.down()
    await until(lambda: _is(client, (503, "unhealthy", "disconnected", "connected")))
    assert (await client.get("/health/live")).status_code == 200
    assert (await client.get("/health/ready")).status_code == 503
    # A key that is remembered and one that is not: trouble with the database is no wrong key.
    for one in (caller, unknown_yet):
        _is_unavailable(await client.post(VALIDATE, headers=one.headers))
        _is_unavailable(await client.get("/api/v1/keys", headers=one.headers))

    await database.up()
    await until(lambda: _answers(client, caller))
    await until(lambda: _is(client, (200, "healthy", "connected", "connected")))
    assert await _answers(client, unknown_yet)


async def _is(client: httpx2.AsyncClient, expected: tuple[int, str, str, str]) -> bool:
    return await health(client) == expected


async def _answers(client: httpx2.AsyncClient, caller: Caller) -> bool:
    answer = await client.post(VALIDATE, headers=caller.headers)
    assert answer.status_code in {200, 503}, answer.text
    return answer.status_code == 200


def _is_unavailable(answer: httpx2.Response) -> None:
    assert answer.status_code == 503, answer.text
    assert int(answer.headers["Retry-After"]) >= 1
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.fixture
def alone(
    cloned_settings: Settings, database: Proxy, system_folder: Path
) -> Iterator[Callable[..., WatchedProcess]]:
    """Starts a server that need not come up, on the port that is given."""
    given = cloned_settings
    assert given.STORAGE_ENDPOINT_URL is not None
    assert given.STORAGE_ACCESS_KEY is not None
    assert given.STORAGE_SECRET_KEY is not None
    environment = {
        "ENVIRONMENT": "test",
        "DATABASE_URL": database.url,
        "STORAGE_ENDPOINT_URL": given.STORAGE_ENDPOINT_URL,
        "STORAGE_ACCESS_KEY": given.STORAGE_ACCESS_KEY.get_secret_value(),
        "STORAGE_SECRET_KEY": given.STORAGE_SECRET_KEY.get_secret_value(),
        "STORAGE_BUCKET": given.STORAGE_BUCKET,
    }
    started = []

    def start(port: int, **variables: str) -> WatchedProcess:
        command = (sys.executable, "-m", "padstone", "serve", "--port", port)
        variables = environment | variables
        started.append(WatchedProcess(command, system_folder, bare_environment(**variables)))
        return started[-1]

    yield start
    for one in started:
        one.close()


async def test_a1_a_server_waits_for_its_database(
    alone: Callable[..., WatchedProcess], database: Proxy
) -> None:
    await database.down()
    port = free_port()
    waiting = alone(port, LOG_LEVEL="INFO")
    await asyncio.to_thread(waiting.until, "database is not up yet", count=3)
    await database.up()
    await asyncio.to_thread(waiting.until, f"http://127.0.0.1:{port}")
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        assert (await client.get("/health")).json()["status"] == "healthy"
    pauses = re.findall(r"\"retry_in_seconds\":([0-9.]+)", waiting.output)
    assert pauses[:3] == ["0.1", "0.2", "0.4"]


async def test_a1_a_server_gives_up_and_says_why(
    alone: Callable[..., WatchedProcess], database: Proxy
) -> None:
    await database.down()
    waiting = alone(free_port(), DATABASE_STARTUP_TIMEOUT_SECONDS="0.5")
    assert await asyncio.to_thread(waiting.ended) == 1
    assert "did not answer within 0.5 s" in waiting.output
    assert "Check that it runs and that DATABASE_URL is right." in waiting.output
    assert "Traceback" not in waiting.output

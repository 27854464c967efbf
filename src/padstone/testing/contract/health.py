"""C12: whether the process lives, and whether it is ready, while its dependencies come and go."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from typing import Any

import httpx2
import pytest

from padstone.settings import Settings
from padstone.testing.contract.answers import check_problem
from padstone.testing.contract.world import World
from padstone.testing.proxies import Proxy
from padstone.testing.servers import ServerProcess

__all__ = [
    "test_c12_a_dependency_that_is_gone_and_back",
    "test_c12_liveness_needs_nothing",
]

_SERVICES = {
    "database": "DATABASE_URL",
    "mail": "MAIL_URL",
    "redis": "REDIS_URL",
    "storage": "STORAGE_ENDPOINT_URL",
}
_PATIENCE = 60.0


async def test_c12_liveness_needs_nothing(world: World) -> None:
    """Not even that the application has started; readiness does."""
    transport: Any = httpx2.ASGITransport(app=world.app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.get("/health/live")).json() == {"status": "alive"}
        check_problem(await client.get("/health/ready"), 503)


@pytest.mark.committed
async def test_c12_a_dependency_that_is_gone_and_back(
    server: Callable[..., Awaitable[list[ServerProcess]]], world: World, cloned_settings: Settings
) -> None:
    """Each in turn: alive, not ready where it is needed, nothing worse than 503; and back again."""
    services = {**_SERVICES, **world.services}
    urls = {name: getattr(cloned_settings, setting, None) for name, setting in services.items()}
    async with AsyncExitStack() as stack:
        proxies = {
            name: await stack.enter_async_context(Proxy(url)) for name, url in urls.items() if url
        }
        given = {services[name]: proxy.url for name, proxy in proxies.items()}
        [one] = await server(**given, HEALTH_INTERVAL_SECONDS="0.1")
        client = await stack.enter_async_context(httpx2.AsyncClient(base_url=one.url, timeout=30))
        await _until(client, 200)
        named = set((await client.get("/health/ready")).json()["dependencies"]) - {"migrations"}
        assert named <= set(proxies), (
            f"No test can take {sorted(named - set(proxies))} away. Say in the World of "
            'tests/world.py which setting has its URL: services = {"name": "NAME_URL"}'
        )
        for name in sorted(named):
            await _taken_away(world, client, name, proxies[name])


async def _taken_away(world: World, client: httpx2.AsyncClient, name: str, proxy: Proxy) -> None:
    operation = next(
        one
        for one in world.operations.values()
        if one.is_guarded and one.method == "GET" and not one.rows
    )
    caller = await world.able(operation)
    before = (await client.get("/health/ready")).json()["dependencies"]
    await proxy.down()
    found = await _until(client, 503 if before[name]["required"] else 200, **{name: "down"})
    assert {one for one, said in found.items() if said["status"] == "down"} == {name}
    assert (await client.get("/health/live")).status_code == 200
    answer = await client.get(operation.path, headers=caller.headers)
    if name == "database":
        check_problem(answer, 503)  # and no 401: trouble of ours is no wrong key
    else:
        assert answer.status_code in {200, 503}, f"{name}: {answer.text}"
    await proxy.up()
    await _until(client, 200, **{name: "up"})


async def _until(client: httpx2.AsyncClient, status: int, **states: str) -> Mapping[str, Any]:
    """What readiness says, once it has that ``status`` and says that of these dependencies.

    One that is not required is down without a change of the status.
    """
    deadline = time.monotonic() + _PATIENCE
    while True:
        answer = await client.get("/health/ready")
        said: Mapping[str, Any] = answer.json()["dependencies"]
        as_named = all(said[name]["status"] == state for name, state in states.items())
        if answer.status_code == status and as_named:
            return said
        assert time.monotonic() < deadline, f"/health/ready did not answer {status}: {answer.text}"
        await asyncio.sleep(0.05)

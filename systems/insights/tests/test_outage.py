"""F2: what goes on while Redis is away, and what waits for it. The README declares it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest
from browser import PASSWORD, Browser
from people import SignedIn
from test_prompts import body

from app.services.auth_service import users
from padstone.auth.users import UserAdministration
from padstone.settings import Settings
from padstone.testing.proxies import Proxy
from padstone.testing.running import Running, run
from padstone.testing.users import sign_in

EMAIL = "someone@example.com"


@dataclass
class World:
    """The application behind a Redis that can be taken away, and an analyst who knows it."""

    running: Running
    redis: Proxy
    analyst: SignedIn

    async def away(self, how: str) -> None:
        if how == "gone":
            await self.redis.down()
        else:
            self.redis.silence()


@pytest.fixture
async def world(cloned_settings: Settings, running: Running) -> AsyncIterator[World]:
    url = cloned_settings.model_dump()["REDIS_URL"]
    async with Proxy(url) as redis:
        own = {"REDIS_URL": redis.url, "REDIS_TIMEOUT_SECONDS": 0.1, "REDIS_RETRY_SECONDS": 0.05}
        settings = cloned_settings.model_copy(update=own)
        async with run(running.app, settings) as started:
            async with started.state["database"].session() as session:
                people = UserAdministration.apart(session, users, started.state["settings"])
                hashed = await people.hashed(PASSWORD, EMAIL)
                await people.create(EMAIL, password_hash=hashed)
                analyst = await sign_in(session, users, started.state["settings"])
            yield World(started, redis, analyst)


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(30):
        while not await condition():  # the breaker asks whether redis is back
            await asyncio.sleep(0.02)


@pytest.mark.committed
@pytest.mark.parametrize("how", ["gone", "silent"])
async def test_f2_tokens_and_everything_in_postgresql_go_on(world: World, how: str) -> None:
    async with world.running.client(headers=world.analyst.headers) as client:
        prompt = (await client.post("/api/v1/prompts", json=body())).json()["id"]
        label = f"/api/v1/prompts/{prompt}/labels/production"
        assert (await client.get(label)).status_code == 200
        await world.away(how)
        for path in (label, "/api/v1/prompts", "/api/v1/configurations", "/api/v1/auth/me"):
            assert (await client.get(path)).status_code == 200, path
        # A change counts at once, though nobody could be told to drop what was kept.
        words = {"content": "Other words", "criteria": body()["criteria"]}
        await client.post(f"/api/v1/prompts/{prompt}/versions", json=words)
        assert (await client.put(label, json={"version": 2})).status_code == 200
        assert (await client.get(label)).json()["version"] == 2
        ready = await client.get("/health/ready")
        assert ready.status_code == 200, "it is ready without"


@pytest.mark.committed
async def test_f2_browsers_wait_and_nobody_is_logged_out(world: World) -> None:
    async with world.running.client() as client:
        browser = Browser(client, EMAIL)
        assert (await browser.sign_in()).status_code == 200
        await world.redis.down()
        for answer in (await browser.call("GET", "/auth/me"), await browser.sign_in()):
            assert (answer.status_code, answer.json()["code"]) == (503, "redis_unavailable")
            assert int(answer.headers["Retry-After"]) >= 1
        await world.redis.up()

        async def is_back() -> bool:
            return (await browser.call("GET", "/auth/me")).status_code == 200

        await until(is_back)


@pytest.mark.committed
async def test_f7_without_redis_limits_hold_and_that_of_signing_in_is_stricter(
    world: World,
) -> None:
    limits = {"RATE_LIMIT_CALLER": "5/hour", "RATE_LIMIT_SIGN_IN": "20/hour"}
    settings = world.running.state["settings"].model_copy(update=limits)
    running = Running(world.running.app, {**world.running.state, "settings": settings})
    await world.redis.down()
    async with running.client() as client:
        entry = {"email": "nobody@example.com", "password": "no password of anybody's"}
        signing = [
            (await client.post("/api/v1/auth/login", json=entry)).status_code for _ in range(8)
        ]
        calls = [
            (await client.get("/api/v1/prompts", headers=world.analyst.headers)).status_code
            for _ in range(8)
        ]
    assert signing.count(429) == 6
    assert calls == [200] * 5 + [429] * 3

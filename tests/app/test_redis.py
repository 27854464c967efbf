"""What is opened on Redis, and what its numbers say."""

import asyncio

from padstone.app import create_app
from padstone.cache import Cache
from padstone.ratelimit import RateLimiter
from padstone.redis import RedisClient
from padstone.settings import RedisSettings, Settings
from padstone.testing.running import run
from redised import BRISK
from valkeys import PrivateValkey


async def test_a_system_with_redis(redis_settings: RedisSettings) -> None:
    app = create_app(redis_settings, title="T", version="1", routers=[])
    async with run(app, app.settings) as running:
        kinds = {"redis": RedisClient, "cache": Cache, "limiter": RateLimiter}
        assert {name: type(running.state[name]) for name in kinds} == kinds
        async with running.client() as client:
            ready = (await client.get("/health/ready")).json()
    assert ready["dependencies"]["redis"]["status"] == "up"


async def test_a_system_without_has_a_limiter() -> None:
    app = create_app(Settings(), title="T", version="1", routers=[])
    async with run(app, app.settings) as running:
        assert isinstance(running.state["limiter"], RateLimiter)
        assert {"redis", "cache"}.isdisjoint(running.state)


async def test_the_state_of_the_breaker_is_told(private_valkey: PrivateValkey) -> None:
    settings = RedisSettings(REDIS_URL=private_valkey.url, HEALTH_INTERVAL_SECONDS=0.02, **BRISK)
    app = create_app(settings, title="T", version="1", routers=[], optional=["redis"])
    async with run(app, app.settings) as running, running.client() as client:

        async def until(line: str) -> None:
            async with asyncio.timeout(30):
                while line not in (await client.get("/metrics")).text.splitlines():
                    await asyncio.sleep(0.01)

        await until("redis_breaker_open 0.0")
        private_valkey.stop()
        await until("redis_breaker_open 1.0")
        assert (await client.get("/health/ready")).status_code == 200
        await asyncio.to_thread(private_valkey.start)
        await until("redis_breaker_open 0.0")

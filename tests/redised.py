"""Redis for the tests of whatever stands on it: a part of the tests' own, or a whole server."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from padstone.redis import RedisClient
from padstone.settings import RedisSettings
from padstone.testing.services import TestServices, redis_prefix
from valkeys import PrivateValkey

OpenRedis = Callable[..., Awaitable[RedisClient]]

# Quick enough for a test, and slow enough for a machine that is busy with others.
BRISK: dict[str, Any] = {"REDIS_TIMEOUT_SECONDS": 0.5, "REDIS_RETRY_SECONDS": 0.02}


@pytest.fixture
def redis_settings(test_services: TestServices) -> RedisSettings:
    """Settings that name a part of the tests' Redis that is this test's own."""
    prefix = f"{redis_prefix(test_services.run)}{secrets.token_hex(8)}"
    return RedisSettings(REDIS_URL=test_services.redis_url, REDIS_PREFIX=prefix)


@pytest_asyncio.fixture
async def open_redis(redis_settings: RedisSettings) -> AsyncIterator[OpenRedis]:
    """Opens a ``RedisClient`` with the settings that are given; it is closed with the test."""
    async with AsyncExitStack() as stack:

        async def start(observe: Callable[[], None] = lambda: None, **settings: Any) -> RedisClient:
            client = RedisClient(redis_settings.model_copy(update=settings), observe=observe)
            stack.push_async_callback(client.close)
            await client.open()
            return client

        yield start


@pytest_asyncio.fixture
async def redis_client(open_redis: OpenRedis) -> RedisClient:
    """A client whose keys are this test's own."""
    return await open_redis()


@pytest.fixture
def private_valkey(tmp_path: Path) -> Iterator[PrivateValkey]:
    """A server of this test's own, started, to be stopped and frozen."""
    folder = tmp_path / "valkey"
    folder.mkdir()
    valkey = PrivateValkey(folder)
    valkey.start()
    yield valkey
    valkey.stop()


@pytest_asyncio.fixture
async def breakable(open_redis: OpenRedis, private_valkey: PrivateValkey) -> RedisClient:
    """A client of the private server."""
    return await open_redis(REDIS_URL=private_valkey.url, **BRISK)

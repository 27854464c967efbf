"""One door to Redis: its keys, its time limits, and what it does when nobody answers."""

import asyncio
import random
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from padstone.redis import RedisClient, RedisUnavailableError
from padstone.settings import RedisSettings
from padstone.testing.proxies import Proxy
from redised import BRISK, OpenRedis
from valkeys import PrivateValkey


async def get(client: RedisClient, name: str = "a") -> Any:
    return await client.run(lambda redis: redis.get(client.key(name)))


async def put(client: RedisClient, name: str) -> None:
    await client.run(lambda redis: redis.set(client.key(name), name, ex=300))


async def until_open(client: RedisClient) -> None:
    """Calls until the breaker is open; each of the calls fails."""
    for _ in range(10):
        if client.breaker.is_open:
            return
        with pytest.raises(RedisUnavailableError):
            await get(client)
    raise AssertionError("the breaker does not open")


async def until_closed(client: RedisClient) -> None:
    async with asyncio.timeout(30):
        while client.breaker.is_open:
            await asyncio.sleep(0.01)


async def test_what_is_written_is_read(redis_client: RedisClient) -> None:
    key = redis_client.key("a", "b")
    assert await redis_client.run(lambda redis: redis.set(key, "1", ex=60))
    assert await redis_client.run(lambda redis: redis.get(key)) == b"1"
    await redis_client.check()


def test_it_needs_an_address() -> None:
    with pytest.raises(ValueError, match="REDIS_URL is not set"):
        RedisClient(RedisSettings())


async def test_different_parts_make_different_keys(redis_client: RedisClient) -> None:
    parts = [("a", "b"), ("a:b",), ("a%3Ab",), ("a", "", "b"), ("", "a", "b"), ("a", "b", "")]
    keys = {redis_client.key(*one) for one in parts}
    assert len(keys) == len(parts)
    prefix = redis_client.key("")
    assert all(key.startswith(prefix) for key in keys)


async def test_the_prefix_is_the_systems_name(test_services: Any) -> None:
    class Shop(RedisSettings):
        SYSTEM = "shop"

    client = RedisClient(Shop(REDIS_URL=test_services.redis_url))
    assert client.key("a") == "shop:a"
    with client.prefixed("x:y"):
        assert client.key("a") == "shop:x%3Ay:a"
    assert client.key("a") == "shop:a"
    await client.close()


async def test_a_defect_stays_one_and_does_not_count(redis_client: RedisClient) -> None:
    key = redis_client.key("list")
    await redis_client.run(lambda redis: redis.set(key, "text", ex=60))
    for _ in range(5):
        with pytest.raises(ResponseError, match="WRONGTYPE"):
            await redis_client.run(lambda redis: redis.lpush(key, "a"))
    assert not redis_client.breaker.is_open


async def test_the_password_is_in_no_representation(redis_settings: RedisSettings) -> None:
    settings = redis_settings.model_copy(update={"REDIS_URL": "redis://:c4n4ry@127.0.0.1:1/0"})
    client = RedisClient(settings)
    assert "c4n4ry" not in f"{settings!r} {client._redis!r} {client!r}"
    await client.close()


async def test_a_wrong_password_is_told_and_opens_it(
    open_redis: OpenRedis, private_valkey: PrivateValkey
) -> None:
    url = private_valkey.url.replace("//", "//:c4n4ry@")
    client = await open_redis(REDIS_URL=url, **BRISK)
    with pytest.raises(RedisUnavailableError, match="refuses this service's credentials") as found:
        await client.check()
    assert "c4n4ry" not in str(found.value)


async def test_gone_and_back(breakable: RedisClient, private_valkey: PrivateValkey) -> None:
    await get(breakable)
    private_valkey.stop()
    await until_open(breakable)
    calls = 0

    async def call(_: Redis) -> None:
        nonlocal calls
        calls += 1

    with pytest.raises(RedisUnavailableError):
        await breakable.run(call)
    assert calls == 0, "an open breaker asks nobody"
    private_valkey.start()
    await until_closed(breakable)
    assert await get(breakable) is None


async def test_restarted_between_two_calls(
    breakable: RedisClient, private_valkey: PrivateValkey
) -> None:
    """Connections that the server has closed meanwhile are no failures."""
    await asyncio.gather(*(get(breakable) for _ in range(10)))
    private_valkey.stop()
    await asyncio.to_thread(private_valkey.start)
    assert await asyncio.gather(*(get(breakable) for _ in range(20))) == [None] * 20


async def test_frozen_and_thawed(breakable: RedisClient, private_valkey: PrivateValkey) -> None:
    key = breakable.key("a")
    await breakable.run(lambda redis: redis.set(key, "1"))
    private_valkey.freeze()
    # All that were under way when it froze fail together, and after them nobody waits.
    answers = await asyncio.gather(*(get(breakable) for _ in range(50)), return_exceptions=True)
    assert {type(answer) for answer in answers} == {RedisUnavailableError}
    assert breakable.breaker.is_open
    with pytest.raises(RedisUnavailableError):
        await get(breakable)
    private_valkey.thaw()
    await until_closed(breakable)
    assert await get(breakable) == b"1"


async def test_the_check_notices_too(breakable: RedisClient, private_valkey: PrivateValkey) -> None:
    private_valkey.freeze()
    for _ in range(3):
        with pytest.raises(RedisUnavailableError):
            await breakable.check()
    assert breakable.breaker.is_open


async def test_one_that_is_down_at_the_start_is_only_logged(
    open_redis: OpenRedis, private_valkey: PrivateValkey
) -> None:
    private_valkey.stop()
    told: list[int] = []
    client = await open_redis(observe=lambda: told.append(1), REDIS_URL=private_valkey.url, **BRISK)
    assert told
    private_valkey.start()
    await until_closed(client)
    assert await get(client) is None


async def test_nothing_is_tried_twice(open_redis: OpenRedis, private_valkey: PrivateValkey) -> None:
    """The answer of an increment is lost, and it has happened once."""
    async with Proxy(private_valkey.url) as proxy:
        client = await open_redis(REDIS_URL=proxy.url, **BRISK)
        key = client.key("count")
        await client.run(lambda redis: redis.incr(key))
        proxy.silence()
        with pytest.raises(RedisUnavailableError):
            await client.run(lambda redis: redis.incr(key))
    beside = await open_redis(REDIS_URL=private_valkey.url, **BRISK)
    assert await beside.run(lambda redis: redis.get(key)) == b"2"


async def test_11_calls_that_are_cancelled_leak_nothing_and_mix_nothing_up(
    open_redis: OpenRedis,
) -> None:
    """Each answer is that of its own question, and every connection comes back to the pool."""
    client = await open_redis(REDIS_POOL_SIZE=4)
    names = [str(number) for number in range(50)]
    for name in names:
        await put(client, name)
    draw = random.Random(7)  # noqa: S311  # the same draws each time

    async def ask() -> None:
        name = draw.choice(names)
        assert await get(client, name) == name.encode()

    for _ in range(40):
        tasks = [asyncio.create_task(ask()) for _ in range(20)]
        for _ in range(draw.randrange(40)):
            await asyncio.sleep(0)
        left = [task for task in draw.sample(tasks, 10) if task.cancel()]
        for found in await asyncio.gather(*tasks, return_exceptions=True):
            assert found is None or isinstance(found, asyncio.CancelledError)
        assert all(task.cancelled() for task in left), "who is cancelled does not go on"
    pool: Any = client._redis.connection_pool
    assert len(pool._in_use_connections) == 0
    assert not client.breaker.is_open
    await asyncio.gather(*(ask() for _ in range(20)))

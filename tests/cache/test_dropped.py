"""What is to be dropped stays to be dropped until it is."""

import asyncio
from collections.abc import Sequence

import pytest
import pytest_asyncio

from padstone.cache.dropped import Dropped
from padstone.cache.entries import Entries
from padstone.redis import RedisClient, RedisUnavailableError
from redised import OpenRedis
from valkeys import PrivateValkey


class Slow(Entries):
    """Drops when it is let."""

    def __init__(self, redis: RedisClient) -> None:
        super().__init__(redis)
        self.begun, self.may_end = asyncio.Event(), asyncio.Event()
        self.times = 0

    async def drop(self, keys: Sequence[str], tags: Sequence[str]) -> None:
        await super().drop(keys, tags)
        self.times += 1
        self.begun.set()
        await self.may_end.wait()


@pytest_asyncio.fixture
async def slow(redis_client: RedisClient) -> Slow:
    return Slow(redis_client)


async def test_a_name_that_comes_again_meanwhile_is_dropped_again(slow: Slow) -> None:
    """The first time may have been before the change that it now is about."""
    dropped = Dropped(slow)
    key = slow.names("a", ()).entry
    dropped.add(keys=[key], tags=[slow.tag("t")])
    task = asyncio.create_task(dropped.settle())
    await slow.begun.wait()
    dropped.add(keys=[key])
    slow.may_end.set()
    await task
    assert slow.times == 2
    assert not dropped


async def test_they_wait_for_redis(breakable: RedisClient, private_valkey: PrivateValkey) -> None:
    dropped = Dropped(Entries(breakable))
    private_valkey.stop()
    dropped.add(tags=["t"])
    with pytest.raises(RedisUnavailableError):
        await dropped.settle()
    assert dropped
    await asyncio.to_thread(private_valkey.start)
    async with asyncio.timeout(30):
        while dropped:
            try:
                await dropped.settle()
            except RedisUnavailableError:
                await asyncio.sleep(0.01)


async def test_too_many_become_everything(open_redis: OpenRedis) -> None:
    entries = Entries(await open_redis())
    dropped = Dropped(entries)
    names = entries.names("kept", ["t"])
    found = await entries.look(names, "x", stale=0, lease=60)
    await entries.store(names, "x", found.head + b"v", 60)
    dropped.add(keys=[f"key-{number}" for number in range(20_000)])
    await dropped.settle()
    assert (await entries.look(names, "x", stale=0, lease=60)).state == "mine"

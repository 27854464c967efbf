"""The cache: made once, given to many, dropped by name, and never in the way (14)."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio
from pydantic import BaseModel
from sqlalchemy import text

from padstone.cache import Cache
from padstone.db import Database
from padstone.errors import NotFoundError
from padstone.errors import UnavailableError as Unavailable
from padstone.redis import RedisClient, RedisUnavailableError
from padstone.settings import RedisSettings
from redised import OpenRedis
from valkeys import PrivateValkey


class Thing(BaseModel):
    number: int


class Maker:
    """Makes things, and counts them."""

    def __init__(self) -> None:
        self.count = 0
        self.error: BaseException | None = None
        self.begun = asyncio.Event()
        self.may_end = asyncio.Event()
        self.may_end.set()

    async def __call__(self) -> Thing:
        self.count += 1
        made = Thing(number=self.count)
        self.begun.set()
        await self.may_end.wait()
        if self.error is not None:
            raise self.error
        return made


class Asked:
    """A cache, what it makes, and how its questions ended."""

    def __init__(self, redis: RedisClient, **options: Any) -> None:
        self.outcomes: list[str] = []
        self.make = Maker()
        self.cache = Cache(redis, observe=self.outcomes.append, **options)

    async def get(self, key: str = "a", **options: Any) -> int:
        given: dict[str, Any] = {"model": Thing, "ttl": 60, **options}
        found = await self.cache.get_or_set(key, self.make, **given)
        assert isinstance(found, Thing)
        return found.number


@pytest_asyncio.fixture
async def asked(redis_client: RedisClient) -> AsyncIterator[Asked]:
    made = Asked(redis_client)
    yield made
    await made.cache.close()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.005)


async def age(client: RedisClient, seconds: float, key: str = "a") -> None:
    """As if that much time had passed for what is kept."""
    name = client.key("cache", "entry", key)
    left = await client.run(lambda redis: redis.pttl(name))
    await client.run(lambda redis: redis.pexpire(name, max(1, int(left - seconds * 1000))))


async def is_locked(asked: Asked, client: RedisClient, key: str = "a") -> bool:
    lock = asked.cache._entries.names(key, []).lock
    return bool(await client.run(lambda redis: redis.exists(lock)))


async def test_it_is_made_once(asked: Asked) -> None:
    assert [await asked.get() for _ in range(3)] == [1, 1, 1]
    assert await asked.get("b") == 2
    assert asked.outcomes == ["miss", "hit", "hit", "miss"]


async def test_of_many_one_makes_it(asked: Asked) -> None:
    asked.make.may_end.clear()
    tasks = [asyncio.create_task(asked.get()) for _ in range(50)]
    await asked.make.begun.wait()
    asked.make.may_end.set()
    assert set(await asyncio.gather(*tasks)) == {1}
    assert asked.outcomes.count("miss") == 1


PROCESS = """
import asyncio, sys
from padstone.cache import Cache
from padstone.redis import RedisClient
from padstone.settings import RedisSettings

async def main(url, prefix):
    client = RedisClient(RedisSettings(REDIS_URL=url, REDIS_PREFIX=prefix))
    await client.open()
    cache = Cache(client)

    async def produce():
        print("made", flush=True)
        await asyncio.sleep(0.2)
        return 1

    print("ready", flush=True)
    sys.stdin.readline()
    found = await asyncio.gather(
        *(cache.get_or_set("a", produce, model=int, ttl=60) for _ in range(30))
    )
    assert set(found) == {1}
    await client.close()

asyncio.run(main(*sys.argv[1:]))
"""


async def test_of_many_processes_one_makes_it(redis_settings: RedisSettings) -> None:
    pipe = asyncio.subprocess.PIPE
    arguments = (redis_settings.REDIS_URL or "", redis_settings.REDIS_PREFIX)
    processes = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", PROCESS, *arguments), stdin=pipe, stdout=pipe
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
    said = await asyncio.gather(*(process.communicate(b"go\n") for process in processes))
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert sum(output.count(b"made") for output, _ in said) == 1


async def test_what_is_dropped_is_made_anew(asked: Asked) -> None:
    await asked.get(tags=["t"])
    await asked.cache.drop("other", tags=["u"])
    assert await asked.get(tags=["t"]) == 1
    await asked.cache.drop("a")
    assert await asked.get(tags=["t"]) == 2
    await asked.cache.drop(tags=["t"])
    assert await asked.get(tags=["t"]) == 3
    await asked.cache.clear()
    assert await asked.get(tags=["t"]) == 4


@pytest.mark.parametrize("by", ["key", "tag", "clear"])
async def test_what_is_made_while_it_is_dropped_is_not_kept(asked: Asked, by: str) -> None:
    asked.make.may_end.clear()
    task = asyncio.create_task(asked.get(tags=["t"]))
    await asked.make.begun.wait()
    if by == "key":
        await asked.cache.drop("a")
    elif by == "tag":
        await asked.cache.drop(tags=["t"])
    else:
        await asked.cache.clear()
    asked.make.may_end.set()
    assert await task == 1, "who asked before it was dropped may have what was then"
    assert await asked.get(tags=["t"]) == 2


async def test_stale_is_given_to_all_but_the_one_who_makes_it_anew(
    asked: Asked, redis_client: RedisClient
) -> None:
    await asked.get(stale=60)
    await age(redis_client, 61)
    asked.make.may_end.clear()
    asked.make.begun.clear()
    one = asyncio.create_task(asked.get(stale=60))
    await asked.make.begun.wait()
    assert await asked.get(stale=60) == 1
    asked.make.may_end.set()
    assert await one == 2
    assert await asked.get(stale=60) == 2
    assert asked.outcomes == ["miss", "stale", "miss", "hit"]


async def test_in_the_background_nobody_waits(asked: Asked, redis_client: RedisClient) -> None:
    await asked.get(stale=60)
    await age(redis_client, 61)
    asked.make.may_end.clear()
    assert await asked.get(stale=60, background=True) == 1
    asked.make.may_end.set()
    await until(lambda: not asked.cache._tasks)
    assert await asked.get(stale=60) == 2
    assert asked.outcomes == ["miss", "stale", "hit"]


async def test_a_failure_in_the_background_lets_the_next_one_try(
    asked: Asked, redis_client: RedisClient
) -> None:
    await asked.get(stale=60)
    await age(redis_client, 61)
    asked.make.error = KeyError()
    assert await asked.get(stale=60, background=True) == 1
    await until(lambda: not asked.cache._tasks)
    asked.make.error = None
    assert await asked.get(stale=60) == 3


async def test_stale_is_better_than_503(asked: Asked, redis_client: RedisClient) -> None:
    await asked.get(stale=60)
    await age(redis_client, 61)
    asked.make.error = Unavailable()
    assert await asked.get(stale=60) == 1
    asked.make.error = NotFoundError()
    with pytest.raises(NotFoundError):
        await asked.get(stale=60)


@pytest.mark.parametrize("error", [KeyError("a"), Unavailable(), RedisUnavailableError()])
async def test_what_it_raises_is_raised_and_nothing_is_kept(
    asked: Asked, redis_client: RedisClient, error: Exception
) -> None:
    asked.make.error = error
    with pytest.raises(type(error)):
        await asked.get()
    assert asked.make.count == 1, "it is not called again for its own error"
    assert not await is_locked(asked, redis_client)
    asked.make.error = None
    assert await asked.get() == 2, "and nobody waits for the one who failed"


async def test_who_leaves_while_making_it_leaves_the_lock_to_the_next(
    asked: Asked, redis_client: RedisClient
) -> None:
    asked.make.may_end.clear()
    task = asyncio.create_task(asked.get())
    await asked.make.begun.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert not await is_locked(asked, redis_client)
    asked.make.may_end.set()
    assert await asked.get() == 2


async def test_who_was_killed_while_making_it_is_waited_for_as_long_as_a_lease(
    redis_client: RedisClient,
) -> None:
    dead, asked = Asked(redis_client, lease=0.2), Asked(redis_client, lease=0.2)
    names = dead.cache._entries.names("a", [])
    await dead.cache._entries.look(names, "dead", stale=0, lease=0.2)
    assert await asyncio.gather(*(asked.get() for _ in range(10))) == [1] * 10
    assert asked.make.count == 1


async def test_who_is_slow_is_not_waited_for_for_ever(redis_client: RedisClient) -> None:
    slow, asked = Asked(redis_client), Asked(redis_client, lease=0.1)
    names = slow.cache._entries.names("a", [])
    await slow.cache._entries.look(names, "slow", stale=0, lease=600)
    assert await asked.get() == 1
    assert asked.outcomes == ["miss"]
    assert await asked.get() == 2, "it had no leave to keep it"


async def test_what_is_kept_in_another_form_is_made_anew(
    asked: Asked, redis_client: RedisClient
) -> None:
    """As after a deployment."""

    async def produce() -> str:
        return "of last year"

    await asked.cache.get_or_set("a", produce, model=str, ttl=60)
    assert await asked.get() == 1
    assert await asked.get() == 1


async def test_nothing_is_a_value_too(asked: Asked) -> None:
    calls = 0

    async def produce() -> None:
        nonlocal calls
        calls += 1

    for _ in range(3):
        found = await asked.cache.get_or_set("none", produce, model=Thing | None, ttl=60)
        assert found is None
    assert calls == 1


@pytest.mark.parametrize(("ttl", "stale"), [(0, 0), (-1, 0), (1, -1), (1, 30 * 86_400)])
async def test_times_that_make_no_sense(asked: Asked, ttl: float, stale: float) -> None:
    with pytest.raises(ValueError, match="at most 30 days"):
        await asked.get(ttl=ttl, stale=stale)


async def test_after_a_commit_and_never_after_a_rollback(asked: Asked, database: Database) -> None:
    await asked.get(tags=["t"])
    async with database.session() as session:
        await session.execute(text("SELECT 1"))
        asked.cache.drop_after_commit(session, tags=["t"])
        assert await asked.get(tags=["t"]) == 1, "it is not committed yet"
    assert await asked.get(tags=["t"]) == 2, "at once, for whoever asks here"

    with pytest.raises(NotFoundError):
        async with database.session() as session:
            await session.execute(text("SELECT 1"))
            asked.cache.drop_after_commit(session, "a", tags=["t"])
            raise NotFoundError
    assert await asked.get(tags=["t"]) == 2


async def test_14_without_redis_everything_is_made_each_time(
    breakable: RedisClient, private_valkey: PrivateValkey
) -> None:
    asked = Asked(breakable)
    assert [await asked.get(tags=["t"]) for _ in range(2)] == [1, 1]
    private_valkey.stop()
    assert [await asked.get(tags=["t"]) for _ in range(50)] == list(range(2, 52))
    await asked.cache.drop(tags=["t"])  # raises nothing
    await asyncio.to_thread(private_valkey.start)
    await until(lambda: not breakable.breaker.is_open)
    assert await asked.get(tags=["t"]) == 52, "what was dropped meanwhile is not read again"
    assert await asked.get(tags=["t"]) == 52


async def test_14_frozen_redis_holds_nobody_up_for_long(
    breakable: RedisClient, private_valkey: PrivateValkey
) -> None:
    asked = Asked(breakable)
    await asked.get()
    private_valkey.freeze()
    clock = asyncio.get_running_loop().time
    waited = 0
    for _ in range(500):
        began = clock()
        await asked.get()
        waited += clock() - began > 0.25  # half of what a call may take
    assert waited <= 5
    assert set(asked.outcomes[1:]) == {"passed"}
    private_valkey.thaw()
    await until(lambda: not breakable.breaker.is_open)
    assert await asked.get() == 1


async def test_14_redis_that_freezes_while_it_is_made(
    breakable: RedisClient, private_valkey: PrivateValkey
) -> None:
    """Who made it has it, and who waited for it makes it alone."""
    asked = Asked(breakable)
    asked.make.may_end.clear()
    tasks = [asyncio.create_task(asked.get()) for _ in range(5)]
    await asked.make.begun.wait()
    private_valkey.freeze()
    asked.make.may_end.set()
    assert sorted(await asyncio.gather(*tasks)) == [1, 2, 3, 4, 5]


async def test_a_cache_that_closes_ends_what_it_began(
    open_redis: OpenRedis, redis_client: RedisClient
) -> None:
    asked = Asked(await open_redis())
    await asked.get(stale=60)
    await age(redis_client, 61)
    asked.make.may_end.clear()
    await asked.get(stale=60, background=True)
    await asked.cache.close()
    assert not asked.cache._tasks

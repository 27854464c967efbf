"""What stands in Redis for a cache: looked at, stored and dropped, each in one step."""

import asyncio

import pytest

from padstone.cache.entries import Entries, Names
from padstone.redis import RedisClient


@pytest.fixture
def entries(redis_client: RedisClient) -> Entries:
    return Entries(redis_client)


async def look(entries: Entries, names: Names, token: str, *, stale: float = 0.0) -> tuple:  # type: ignore[type-arg]  # compared to tuples only
    found = await entries.look(names, token, stale=stale, lease=60)
    return found.state, found.value


async def keep(entries: Entries, names: Names, value: bytes, seconds: float = 60) -> None:
    found = await entries.look(names, "keeper", stale=0, lease=60)
    assert found.state == "mine"
    assert await entries.store(names, "keeper", found.head + value, seconds)


async def test_one_is_to_make_it_and_the_others_wait(entries: Entries) -> None:
    names = entries.names("a", ["t"])
    found = await asyncio.gather(*(look(entries, names, str(n)) for n in range(30)))
    assert sorted(found) == [("mine", None)] + [("theirs", None)] * 29


async def test_what_is_kept_is_found(entries: Entries) -> None:
    names = entries.names("a", ["t", "u"])
    await keep(entries, names, b"value\nwith, everything\0")
    assert await look(entries, names, "x") == ("fresh", b"value\nwith, everything\0")


async def test_near_its_end_it_is_stale_and_one_is_to_make_it(entries: Entries) -> None:
    names = entries.names("a", [])
    await keep(entries, names, b"old", seconds=60)
    assert await look(entries, names, "x", stale=59) == ("fresh", b"old")
    assert await look(entries, names, "x", stale=61) == ("mine", b"old")
    assert await look(entries, names, "y", stale=61) == ("theirs", b"old")


async def test_a_dropped_tag_takes_all_with_it(entries: Entries) -> None:
    one, two, other = (
        entries.names("1", ["t"]),
        entries.names("2", ["s", "t"]),
        entries.names("3", ["s"]),
    )
    for names in (one, two, other):
        await keep(entries, names, b"v")
    await entries.drop([], [entries.tag("t")])
    states = [(await look(entries, names, "x"))[0] for names in (one, two, other)]
    assert states == ["mine", "mine", "fresh"]


async def test_a_tag_that_redis_has_forgotten_takes_all_with_it(
    entries: Entries, redis_client: RedisClient
) -> None:
    names = entries.names("a", ["t"])
    await keep(entries, names, b"v")
    await redis_client.run(lambda redis: redis.delete(entries.tag("t")))
    assert await look(entries, names, "x") == ("mine", None)


@pytest.mark.parametrize("by", ["key", "tag", "other"])
async def test_what_is_made_while_it_is_dropped_does_not_count(entries: Entries, by: str) -> None:
    names = entries.names("a", ["t"])
    found = await entries.look(names, "slow", stale=0, lease=60)
    dropped = {
        "key": ([names.entry, names.lock], []),
        "tag": ([], [entries.tag("t")]),
        "other": ([], [entries.tag("u")]),
    }
    await entries.drop(*dropped[by])
    stored = await entries.store(names, "slow", found.head + b"old", 60)
    assert stored == (by != "key")
    state, value = await look(entries, names, "x")
    assert (state, value) == (("fresh", b"old") if by == "other" else ("mine", None))


async def test_who_has_lost_the_lock_stores_nothing_and_gives_nothing_back(
    entries: Entries,
) -> None:
    names = entries.names("a", [])
    assert (await look(entries, names, "first"))[0] == "mine"
    await entries.drop([names.lock], [])
    assert (await look(entries, names, "second"))[0] == "mine"
    assert not await entries.store(names, "first", b"head,\nold", 60)
    await entries.release(names, "first")
    assert (await look(entries, names, "third"))[0] == "theirs"
    await entries.release(names, "second")
    assert (await look(entries, names, "third"))[0] == "mine"


async def test_everything_ends_by_itself(entries: Entries, redis_client: RedisClient) -> None:
    names = entries.names("a", ["t"])
    await keep(entries, names, b"v")
    await look(entries, entries.names("b", []), "x")
    await entries.drop([], [entries.tag("u")])
    keys = await redis_client.run(lambda redis: redis.keys(f"{redis_client.key('')}*"))
    assert len(keys) == 5, "an entry, a lock, and the versions of three tags"
    for key in keys:
        assert await redis_client.run(lambda redis, key=key: redis.pttl(key)) > 0  # type: ignore[misc]  # mypy sees no default there

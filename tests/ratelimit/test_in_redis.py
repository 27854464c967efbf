"""The counters that all processes share, as Redis has them."""

from padstone.ratelimit import Limit
from padstone.ratelimit.in_redis import RedisCounters
from padstone.redis import RedisClient
from redised import OpenRedis
from valkeys import PrivateValkey

TWO = Limit.parse("2/day")


async def test_two_that_count_in_one_redis_count_together(redis_client: RedisClient) -> None:
    one, other = RedisCounters(redis_client), RedisCounters(redis_client)
    name = one.name("ann")
    outcomes = [await counters.hit(name, TWO, 1) for counters in (one, other, one)]
    assert [outcome is not None and outcome.allowed for outcome in outcomes] == [True, True, False]
    assert name == other.name("ann") != one.name("ben")


async def test_a_redis_that_is_gone_gives_no_outcome(
    open_redis: OpenRedis, private_valkey: PrivateValkey
) -> None:
    counters = RedisCounters(await open_redis(REDIS_URL=private_valkey.url))
    private_valkey.stop()
    assert await counters.hit(counters.name("ann"), TWO, 1) is None

"""The limiter over processes, and while Redis is gone, frozen or started anew (14, 26)."""

import asyncio
import sys

import pytest

from padstone.ratelimit import Limit, RateLimiter, Verdict
from padstone.redis import RedisClient
from padstone.settings import RedisSettings
from redised import OpenRedis
from valkeys import PrivateValkey

# One that gives nothing back while a test runs.
DAILY = Limit.parse("10/day")

# For each limit asks as often as it can, and prints when it began and ended, and how often it was
# allowed.
PROCESS = """
import asyncio, sys, time
from padstone.ratelimit import Limit, RateLimiter
from padstone.redis import RedisClient
from padstone.settings import RedisSettings

async def main(url, prefix, *limits):
    client = RedisClient(RedisSettings(REDIS_URL=url, REDIS_PREFIX=prefix))
    limiter = RateLimiter(client)
    await client.open()
    print("ready", flush=True)
    sys.stdin.readline()
    for limit in map(Limit.parse, limits):
        began = time.time()
        verdicts = await asyncio.gather(*(limiter.hit("shared", limit) for _ in range(100)))
        assert all(verdict.is_shared for verdict in verdicts)
        print(began, time.time(), sum(verdict.allowed for verdict in verdicts))
    await client.close()

asyncio.run(main(*sys.argv[1:]))
"""
LIMITS = ("100/day burst 30", "600/minute burst 20", "50/day", "6000/minute burst 5")


async def allowed(limiter: RateLimiter, times: int, limit: Limit = DAILY) -> int:
    verdicts = [await limiter.hit("a", limit) for _ in range(times)]
    return sum(verdict.allowed for verdict in verdicts)


async def test_a_verdict_says_what_is_left(redis_client: RedisClient) -> None:
    limit = Limit.parse("3/hour")
    for limiter in (RateLimiter(redis_client), RateLimiter()):
        verdicts = [await limiter.hit("a", limit) for _ in range(4)]
        assert [verdict.remaining for verdict in verdicts] == [2, 1, 0, 0]
        assert [verdict.allowed for verdict in verdicts] == [True, True, True, False]
        assert [verdict.retry_after > 0 for verdict in verdicts] == [False, False, False, True]
        assert 1190 < verdicts[0].reset_after <= 1200
        assert 3500 < verdicts[3].reset_after <= 3600
        assert 1100 < verdicts[3].retry_after <= 1200


async def test_keys_limits_and_costs_are_told_apart(redis_client: RedisClient) -> None:
    limiter = RateLimiter(redis_client)
    assert await allowed(limiter, 11) == 10
    assert (await limiter.hit("b", DAILY, cost=10)).allowed
    assert not (await limiter.hit("b", DAILY)).allowed
    assert (await limiter.hit("a", Limit.parse("11/day"))).allowed
    assert not (await limiter.hit("c", DAILY, cost=11)).allowed, "more than can ever come at once"
    assert (await limiter.hit("c", DAILY, cost=10)).allowed, "what is refused is not counted"
    with pytest.raises(ValueError, match="at least 1"):
        await limiter.hit("d", DAILY, cost=0)


async def run_processes(url: str, prefix: str, count: int) -> list[list[tuple[float, ...]]]:
    """What each process says of each limit. They begin together."""
    pipe = asyncio.subprocess.PIPE
    processes = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", PROCESS, url, prefix, *LIMITS), stdin=pipe, stdout=pipe
        )
        for _ in range(count)
    ]
    for process in processes:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
    said = await asyncio.gather(*(process.communicate(b"go\n") for process in processes))
    return [
        [tuple(map(float, line.split())) for line in output.decode().splitlines()]
        for output, _ in said
    ]


async def test_processes_together_keep_the_limits(redis_settings: RedisSettings) -> None:
    """Never more than the burst and what came back meanwhile, and all of the burst."""
    said = await run_processes(redis_settings.REDIS_URL or "", redis_settings.REDIS_PREFIX, 3)
    for text, *rows in zip(LIMITS, *said, strict=True):
        limit = Limit.parse(text)
        seconds = max(row[1] for row in rows) - min(row[0] for row in rows)
        total = sum(row[2] for row in rows)
        assert limit.burst <= total <= limit.burst + seconds * limit.amount / limit.seconds + 1


async def test_26_while_redis_is_gone_a_strict_limit_is_stricter(
    breakable: RedisClient, private_valkey: PrivateValkey
) -> None:
    limiter = RateLimiter(breakable, share=0.1)
    private_valkey.stop()
    limit = Limit.parse("30/day")
    strict = [await limiter.hit("a", limit, strict=True) for _ in range(20)]
    assert sum(verdict.allowed for verdict in strict) == 3
    assert not any(verdict.is_shared for verdict in strict)
    assert strict[0].limit == Limit(3, 86_400), "and it is told"
    assert sum([(await limiter.hit("b", limit)).allowed for _ in range(40)]) == 30


async def test_26_who_has_used_it_up_has_used_it_up_without_redis_too(
    breakable: RedisClient, private_valkey: PrivateValkey
) -> None:
    limiter = RateLimiter(breakable)
    assert await allowed(limiter, 11) == 10
    private_valkey.stop()
    assert await allowed(limiter, 5) == 0
    private_valkey.start()
    async with asyncio.timeout(30):
        while not (await limiter.hit("b", DAILY)).is_shared:
            await asyncio.sleep(0.01)


async def test_14_frozen_redis_holds_nobody_up_for_long(
    breakable: RedisClient, private_valkey: PrivateValkey
) -> None:
    """Those under way wait as long as one call may take; then nobody does."""
    outcomes: list[str] = []
    limiter = RateLimiter(breakable, observe=outcomes.append)
    assert (await limiter.hit("a", DAILY)).is_shared
    private_valkey.freeze()
    clock = asyncio.get_running_loop().time
    times = []

    async def hit() -> Verdict:
        began = clock()
        verdict = await limiter.hit("a", DAILY)
        times.append(clock() - began)
        return verdict

    # One after the other, as one impatient client would.
    verdicts = [await hit() for _ in range(2000)]
    assert sum(verdict.allowed for verdict in verdicts) == 9
    waited = [seconds for seconds in times if seconds > 0.25]  # half of what a call may take
    assert len(waited) <= 5
    assert breakable.breaker.is_open
    assert outcomes.count("fallback") == 2000
    private_valkey.thaw()
    async with asyncio.timeout(30):
        while not (await limiter.hit("a", DAILY)).is_shared:
            await asyncio.sleep(0.01)


async def test_a_test_starts_anew(open_redis: OpenRedis) -> None:
    client = await open_redis()
    limiter = RateLimiter(client)
    with client.prefixed("one"):
        assert await allowed(limiter, 20) == 10
    with client.prefixed("two"):
        assert await allowed(limiter, 20) == 10
    alone = RateLimiter()
    assert await allowed(alone, 20) == 10
    alone.forget()
    assert await allowed(alone, 20) == 10

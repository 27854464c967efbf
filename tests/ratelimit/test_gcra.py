"""The algorithm in Python and in Lua: equal to each other, and true to what a limit says."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padstone.ratelimit import Limit
from padstone.ratelimit.gcra import SCRIPT, Outcome, decide
from padstone.redis import RedisClient, Script

LIMITS = st.builds(
    Limit, st.integers(1, 1000), st.integers(1, 3600), st.one_of(st.just(0), st.integers(1, 50))
)
# Times between calls, from none to hours, in microseconds.
STEPS = st.lists(st.tuples(st.integers(0, 10**10), st.integers(1, 5)), max_size=60)


def run(limit: Limit, steps: list[tuple[int, int]]) -> list[tuple[int, int, Outcome]]:
    """What becomes of calls: when, how many at once, and the outcome."""
    now, full, found = 0, 0, []
    for wait, cost in steps:
        now += wait
        outcome = decide(full, now, limit.interval, limit.burst, cost)
        if outcome.allowed:
            full = now + outcome.ahead
        found.append((now, cost, outcome))
    return found


@given(LIMITS, STEPS)
def test_in_any_time_there_are_at_most_the_burst_and_what_came_back(
    limit: Limit, steps: list[tuple[int, int]]
) -> None:
    taken = [(now, cost) for now, cost, outcome in run(limit, steps) if outcome.allowed]
    for first, (begin, _) in enumerate(taken):
        for last in range(first, len(taken)):
            passed = taken[last][0] - begin
            used = sum(cost for _, cost in taken[first : last + 1])
            assert used <= limit.burst + passed / limit.interval


@given(LIMITS, STEPS)
def test_what_is_refused_is_allowed_after_the_time_that_was_named(
    limit: Limit, steps: list[tuple[int, int]]
) -> None:
    for now, cost, outcome in run(limit, steps):
        if outcome.allowed or cost > limit.burst:
            continue
        full = now + outcome.ahead
        later = now + outcome.excess
        assert decide(full, later, limit.interval, limit.burst, cost).allowed
        assert not decide(full, later - 1, limit.interval, limit.burst, cost).allowed


@given(LIMITS)
def test_a_clock_that_was_set_back_locks_nobody_out_for_long(limit: Limit) -> None:
    far_ahead = 10**18
    outcome = decide(far_ahead, 0, limit.interval, limit.burst, 1)
    assert not outcome.allowed
    assert outcome.excess == limit.interval


# The script on a clock that the test sets, since the server's own cannot be.
CLOCKED = Script(SCRIPT.replace("redis.call('TIME')", "{ARGV[4], ARGV[5]}"))


@pytest.mark.parametrize("text", ["3/second", "7/minute burst 3", "1000/hour", "1/day"])
async def test_lua_says_the_same(redis_client: RedisClient, text: str) -> None:
    limit = Limit.parse(text)
    key = redis_client.key("same")
    now, full = 1_795_000_000_000_000, 0
    pauses = [0, 0, 1, limit.interval - 1, 1, 0, 5 * limit.interval + 3, 0, 0, 0, 0, 17]
    pauses += [-20 * limit.interval * limit.burst, 0]  # the clock was set back
    for number, pause in enumerate(pauses):
        now += pause
        cost = 1 + number % 2
        given: Any = (limit.interval, limit.burst, cost, *divmod(now, 10**6))
        said = await redis_client.run(lambda redis, given=given: CLOCKED(redis, [key], given))  # type: ignore[misc]  # mypy sees no default there
        expected = decide(full, now, limit.interval, limit.burst, cost)
        assert said == [int(expected.allowed), expected.ahead, expected.excess]
        if expected.allowed:
            full = now + expected.ahead
    left = await redis_client.run(lambda redis: redis.pttl(key))
    assert 0 < left <= limit.interval * limit.burst / 1000 + 1, "a key that is full is gone"

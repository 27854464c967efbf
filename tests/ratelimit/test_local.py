"""Counting in one process: as much as is said, in memory that is bounded."""

from padstone.ratelimit import Limit, LocalCounters

LIMIT = Limit.parse("3/minute")


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_it_counts_and_gives_back_one_by_one() -> None:
    clock = Clock()
    counters = LocalCounters(clock=clock)
    assert [counters.hit("a", LIMIT, 1).allowed for _ in range(4)] == [True] * 3 + [False]
    assert counters.hit("b", LIMIT, 1).allowed
    clock.now += 20
    assert [counters.hit("a", LIMIT, 1).allowed for _ in range(2)] == [True, False]
    clock.now += 60
    assert [counters.hit("a", LIMIT, 1).allowed for _ in range(4)] == [True] * 3 + [False]


def test_what_is_refused_costs_nothing() -> None:
    clock = Clock()
    counters = LocalCounters(clock=clock)
    for _ in range(50):
        counters.hit("a", LIMIT, 1)
    clock.now += 20
    assert counters.hit("a", LIMIT, 1).allowed


def test_it_forgets_whom_it_has_not_seen_for_longest() -> None:
    counters = LocalCounters(size=3, clock=Clock())
    for key in "abc":
        counters.hit(key, LIMIT, 3)
    counters.hit("d", LIMIT, 1)
    assert len(counters) == 3
    assert counters.hit("a", LIMIT, 1).allowed, "a was forgotten"
    assert not counters.hit("c", LIMIT, 1).allowed


def test_whoever_is_refused_is_not_the_one_to_be_forgotten() -> None:
    """Who goes on knocking keeps its place, however many others come by."""
    counters = LocalCounters(size=3, clock=Clock())
    counters.hit("a", LIMIT, 3)
    for number in range(20):
        counters.hit(str(number), LIMIT, 1)
        assert not counters.hit("a", LIMIT, 1).allowed


def test_it_takes_over_what_others_have_counted() -> None:
    counters = LocalCounters(clock=Clock())
    counters.learn("a", 60_000_000)
    assert not counters.hit("a", LIMIT, 1).allowed
    counters.forget()
    assert counters.hit("a", LIMIT, 1).allowed

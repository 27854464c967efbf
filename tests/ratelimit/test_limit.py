"""A limit is written as people say it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padstone.ratelimit import Limit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("60/minute", (60, 60, 60)),
        ("1/second", (1, 1, 1)),
        ("5/30 seconds", (5, 30, 5)),
        ("5/30seconds", (5, 30, 5)),
        (" 1000 / hour ", (1000, 3600, 1000)),
        ("10/days", (10, 86_400, 10)),
        ("60/minute burst 10", (60, 60, 10)),
        ("60/minute burst 90", (60, 60, 90)),
    ],
)
def test_limits(text: str, expected: tuple[int, int, int]) -> None:
    found = Limit.parse(text)
    assert (found.amount, found.seconds, found.burst) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", "60", "60/", "/minute", "-1/minute", "1.5/minute", "60/fortnight", "60 per minute"),
        *("60/minute burst", "60/minute burst -1", "60/minute\n60/minute"),
    ],
)
def test_what_is_no_limit(text: str) -> None:
    with pytest.raises(ValueError, match="is not a limit; write 60/minute"):
        Limit.parse(text)


@pytest.mark.parametrize("text", ["0/minute", "60/0 minutes", "2000000/second", "1/367 days"])
def test_what_cannot_be_a_limit(text: str) -> None:
    with pytest.raises(ValueError, match="a limit"):
        Limit.parse(text)


def test_its_policy_is_that_of_the_draft() -> None:
    assert Limit.parse("60/minute").policy == "60;w=60"
    assert Limit.parse("60/minute burst 10").policy == "60;w=60;burst=10"


def test_what_does_not_divide_evenly_is_rounded_to_the_stricter_side() -> None:
    assert Limit.parse("7/second").interval == 142_858
    assert Limit.parse("60/minute").interval == 1_000_000


@given(st.integers(1, 100_000), st.integers(1, 86_400), st.integers(1, 1000), st.floats(0.001, 1))
def test_a_share_is_never_laxer_than_its_part_and_never_nothing(
    amount: int, seconds: int, burst: int, part: float
) -> None:
    whole = Limit(amount, seconds, burst)
    share = whole.share(part)
    assert share.amount >= 1
    assert 1 <= share.burst <= max(1, burst * part)
    # Half a second of rounding in a time of seconds is no matter.
    assert share.amount / (share.seconds + 0.5) <= whole.amount / whole.seconds * part * 1.0001

"""Cron expressions, and another implementation of them to compare with."""

from datetime import UTC, datetime, timedelta

import pytest
from croniter import croniter
from hypothesis import given
from hypothesis import strategies as st

from padstone.jobs.cron import Cron

SATURDAY = datetime(2026, 11, 21, 12, 0, 0, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("* * * * *", "2026-11-21 12:01"),
        ("0 3 * * *", "2026-11-22 03:00"),
        ("30 3 * * 1", "2026-11-23 03:30"),
        ("0 0 1 jan *", "2027-01-01 00:00"),
        ("0 0 * * SUN", "2026-11-22 00:00"),
        ("0 0 * * 7", "2026-11-22 00:00"),
        ("*/20 9-17 * * mon-fri", "2026-11-23 09:00"),
        ("5/20 12 * * *", "2026-11-21 12:05"),
        ("0 0 29 2 *", "2028-02-29 00:00"),
        # Either the first of a month or a Monday.
        ("0 0 1 * 1", "2026-11-23 00:00"),
        ("0 12 21 11 *", "2027-11-21 12:00"),
    ],
)
def test_the_next_time(text: str, expected: str) -> None:
    found = Cron(text).after(SATURDAY)
    assert f"{found:%Y-%m-%d %H:%M}" == expected
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        *("", "nightly", "@daily", "* * * *", "0 3 * * * *"),
        *("60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *", "* * * 13 *", "* * * * 8"),
        *("5-1 * * * *", "*/0 * * * *", "1,,2 * * * *", "-1 * * * *", "a * * * *", "1- * * * *"),
        *("* * * foo *", "* * L * *", "* * * * 1#2", "\u0661 * * * *", "+1 * * * *"),
    ],
)
def test_what_is_none_is_refused_with_the_mend(text: str) -> None:
    with pytest.raises(ValueError, match="write five fields, such as"):
        Cron(text)


def test_the_field_is_named() -> None:
    with pytest.raises(ValueError, match="day of the week cannot be 'noday'"):
        Cron("0 3 * * noday")


def test_a_day_that_no_year_has_is_refused() -> None:
    with pytest.raises(ValueError, match="no year has"):
        Cron("0 0 30 2 *")


def items(least: int, most: int) -> st.SearchStrategy[str]:
    number = st.integers(least, most)
    # Not 0-0, of which the other one makes the whole week.
    pair = st.tuples(number, number).filter(lambda two: two[0] != two[1]).map(sorted)
    step = st.integers(1, most)
    return st.one_of(
        st.just("*"),
        number.map(str),
        pair.map(lambda two: f"{two[0]}-{two[1]}"),
        step.map(lambda every: f"*/{every}"),
        st.lists(number, min_size=1, max_size=4).map(lambda some: ",".join(map(str, some))),
    )


@given(
    st.tuples(items(0, 59), items(0, 23), items(1, 28), items(1, 12), items(0, 6)),
    st.integers(0, 60 * 24 * 365 * 5),
)
def test_it_agrees_with_another_implementation(fields: tuple[str, ...], minutes: int) -> None:
    # Crons differ on whether */2 restricts a day; ours are of Vixie's kind, where it does not.
    text = " ".join(fields)
    moment = datetime(2024, 2, 28, 23, 30, tzinfo=UTC) + timedelta(minutes=minutes)
    other = croniter(text, moment, implement_cron_bug=True).get_next(datetime)
    assert Cron(text).after(moment) == other

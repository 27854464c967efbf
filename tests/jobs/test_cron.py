"""Cron expressions."""

from datetime import UTC, datetime

import pytest

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
        *("*/0 * * * *", "1,,2 * * * *", "-1 * * * *", "a * * * *", "1- * * * *"),
        *("* * * foo *", "\u0661 * * * *", "+1 * * * *"),
    ],
)
def test_what_is_none_is_refused_with_the_mend(text: str) -> None:
    with pytest.raises(ValueError, match="Write five fields, such as"):
        Cron(text)


def test_the_field_is_named() -> None:
    with pytest.raises(ValueError, match="Bad day-of-week"):
        Cron("0 3 * * noday")


def test_a_day_that_no_year_has_is_refused() -> None:
    with pytest.raises(ValueError, match="Bad day-of-month"):
        Cron("0 0 30 2 *")

import time
from datetime import UTC, datetime, timedelta

import pytest
from accounts_cli.times import parse_duration, shown


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("0s", timedelta(0)),
        ("90s", timedelta(seconds=90)),
        ("45m", timedelta(minutes=45)),
        ("1h", timedelta(hours=1)),
        (" 30d ", timedelta(days=30)),
        ("2w", timedelta(weeks=2)),
    ],
)
def test_durations(text: str, duration: timedelta) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize("text", ["", "30", "d", "-1d", "1.5h", "1y", "1d2h", "٣d", "1D"])
def test_what_is_no_duration_is_told_what_one_is(text: str) -> None:
    with pytest.raises(ValueError, match="such as 30d"):
        parse_duration(text)


def test_more_than_a_hundred_years_is_refused_before_arithmetic_overflows() -> None:
    for text in ("36501d", "999999999w"):
        with pytest.raises(ValueError, match="hundred years"):
            parse_duration(text)


def test_moments_are_on_this_machines_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    assert shown(moment, otherwise="never") == "2026-11-20 23:30"
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert shown(moment, otherwise="never") == "2026-11-21 08:30"
    finally:
        monkeypatch.undo()
        time.tzset()
    assert shown(None, otherwise="never") == "never"

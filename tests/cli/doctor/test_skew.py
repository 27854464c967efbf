import pytest

from padstone.cli.doctor.skew import skew


@pytest.mark.parametrize(
    ("ahead", "verdict"),
    [(0.0, "ok"), (-1.9, "ok"), (3.0, "warning"), (-30.0, "warning"), (61.0, "error")],
)
def test_seconds_are_judged_by_what_they_spoil(ahead: float, verdict: str) -> None:
    assert skew("clock", ahead).verdict == verdict


def test_the_direction_is_named() -> None:
    assert skew("clock", 90).what == "It is 90.0 s ahead of this machine's."
    assert skew("clock", -90).what == "It is 90.0 s behind this machine's."

import pytest
from accounts_cli.money import in_both, in_units


@pytest.mark.parametrize(
    ("micros", "units"),
    [
        (0, "0.00"),
        (1, "0.000001"),
        (1_500_000, "1.50"),
        (1_230_000, "1.23"),
        (1_234_567, "1.234567"),
        (-250_000, "-0.25"),
        (-1, "-0.000001"),
        (1_234_000_000, "1,234.00"),
        (9_007_199_254_740_993_000_001, "9,007,199,254,740,993.000001"),
    ],
)
def test_micros_are_shown_exactly(micros: int, units: str) -> None:
    assert in_units(micros) == units


def test_both() -> None:
    assert in_both(12_500_000) == "12.50 (12,500,000 micros)"

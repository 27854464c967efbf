import pytest
from hypothesis import given
from hypothesis import strategies as st

from padstone.metering import Price
from padstone.providers import Usage

COUNTS = st.integers(0, 2**31 - 1)


def test_a_price_is_for_a_million_tokens() -> None:
    usage = Usage(prompt_tokens=1_000_000, completion_tokens=500_000)
    assert Price(prompt=2_500_000, completion=10_000_000).cost(usage) == 7_500_000


@pytest.mark.parametrize(("tokens", "micros"), [(0, 0), (1, 1), (10, 1), (11, 2)])
def test_a_part_of_a_micro_is_one(tokens: int, micros: int) -> None:
    assert (
        Price(prompt=0, completion=100_000).cost(Usage(prompt_tokens=9, completion_tokens=tokens))
        == micros
    )


def test_it_is_rounded_once() -> None:
    usage = Usage(prompt_tokens=1, completion_tokens=1)
    assert Price(prompt=500_000, completion=500_000).cost(usage) == 1


@given(COUNTS, COUNTS, st.integers(0, 10**9), st.integers(0, 10**9))
def test_more_never_costs_less(read: int, written: int, prompt: int, completion: int) -> None:
    price = Price(prompt, completion)
    less = price.cost(Usage(prompt_tokens=read // 2, completion_tokens=written // 2))
    assert 0 <= less <= price.cost(Usage(prompt_tokens=read, completion_tokens=written))


@pytest.mark.parametrize("prices", [(-1, 0), (0, -1)])
def test_nobody_is_paid_for_tokens(prices: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="0 or more"):
        Price(*prices)

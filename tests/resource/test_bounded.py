import pytest

from padstone.resource.bounded import Bounded


def test_it_makes_each_value_once() -> None:
    made: list[int] = []
    kept: Bounded[int, int] = Bounded(lambda key: made.append(key) or key * 2)
    assert [kept.get(key) for key in (1, 2, 1, 2)] == [2, 4, 2, 4]
    assert made == [1, 2]


def test_it_keeps_no_more_than_it_may_and_those_that_are_asked_for() -> None:
    made: list[int] = []
    kept: Bounded[int, int] = Bounded(lambda key: made.append(key) or key, most=2)
    for key in (1, 2, 1, 3, 1, 2):
        kept.get(key)
    assert len(kept) == 2
    assert made == [1, 2, 3, 2]


def test_what_cannot_be_made_is_not_kept() -> None:
    def make(key: int) -> int:
        raise ValueError(key)

    kept: Bounded[int, int] = Bounded(make)
    with pytest.raises(ValueError, match="1"):
        kept.get(1)
    assert len(kept) == 0

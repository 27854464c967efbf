"""Nothing is told of what is quick, and not too much of what takes long."""

from padstone.seed.pace import Pace


class Clock:
    now = 100

    def __call__(self) -> int:
        return self.now


def test_what_is_quick_says_nothing() -> None:
    told: list[str] = []
    clock = Clock()
    pace = Pace(told.append, seconds=10, clock=clock)
    for _ in range(3):
        clock.now += 50
        pace.begin()
        clock.now += 9
        pace.at("half")
        pace.end()
    assert told == []


def test_what_takes_long_tells_once_a_second_and_clears_its_line() -> None:
    told: list[str] = []
    clock = Clock()
    pace = Pace(told.append, seconds=10, clock=clock)
    pace.begin()
    for step in range(25):
        pace.at(f"{step}")
        clock.now += 1
    pace.end()
    pace.end()
    assert told == ["10", "20", ""]

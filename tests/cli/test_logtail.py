from pathlib import Path

import pytest

from padstone.cli.logtail import Tail, follow


def test_the_last_lines_of_a_long_log(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("".join(f"line {number}\n" for number in range(50_000)))
    assert Tail(log).last_lines(2) == ["line 49998", "line 49999"]
    assert Tail(log).last_lines(0) == []
    assert len(Tail(log).last_lines(20_000)) == 20_000


@pytest.mark.parametrize("text", ["", "one", "one\n", "one\ntwo"])
def test_a_short_log_is_given_whole(tmp_path: Path, text: str) -> None:
    log = tmp_path / "a.log"
    log.write_text(text)
    assert Tail(log).last_lines(5) == text.splitlines()


def test_a_log_that_does_not_exist_has_no_lines(tmp_path: Path) -> None:
    tail = Tail(tmp_path / "no.log")
    assert tail.last_lines(5) == []
    assert tail.new_lines() == []


def test_nothing_is_new_after_the_last_lines(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("old\n")
    tail = Tail(log)
    tail.last_lines(1)
    assert tail.new_lines() == []


def test_new_lines_are_whole(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("old\n")
    tail = Tail(log)
    tail.last_lines(0)
    _append(log, "new\nunfinish")
    assert tail.new_lines() == ["new"]
    _append(log, "ed\n")
    assert tail.new_lines() == ["unfinished"]


def test_a_log_that_begins_anew_is_read_from_there(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("a long line of the old log, and then half a line")
    tail = Tail(log)
    assert tail.new_lines() == []
    log.write_text("new\n")
    assert tail.new_lines() == ["new"]


def test_following_gives_the_lines_of_all_logs(tmp_path: Path) -> None:
    a, b = tmp_path / "a.log", tmp_path / "b.log"
    lines = follow({"a": Tail(a), "b": Tail(b)})
    a.write_text("1\n")
    assert next(lines) == ("a", "1")
    b.write_text("2\n")
    assert next(lines) == ("b", "2")


def _append(log: Path, text: str) -> None:
    with log.open("a") as file:
        file.write(text)

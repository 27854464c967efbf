from pathlib import Path

import pytest

from padstone.cli.generated import DriftError, refuse_drift


def test_a_file_that_holds_the_text_passes(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("same\n")
    refuse_drift(path, "same\n", "make it")


def test_a_missing_file_is_named_with_its_mend(tmp_path: Path) -> None:
    with pytest.raises(DriftError, match=r"a does not exist\. Write it with: make it$"):
        refuse_drift(tmp_path / "a", "text\n", "make it")


def test_the_first_differences_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("one\ntwo\n")
    with pytest.raises(DriftError, match="is out of date") as caught:
        refuse_drift(path, "one\nthree\n", "make it")
    assert "  -two\n  +three" in caught.value.detail
    assert "more lines" not in caught.value.detail


def test_a_long_difference_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("")
    text = "".join(f"{number}\n" for number in range(100))
    with pytest.raises(DriftError, match=r"… and 83 more lines$"):
        refuse_drift(path, text, "make it")

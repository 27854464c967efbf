"""Either everything is written or nothing."""

from pathlib import Path

import pytest

from padstone.cli.add.writing import formatted, written


def snapshot(folder: Path) -> dict[str, bytes | None]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


def test_an_error_leaves_everything_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "old.py").write_bytes(b"old\r\n")
    before = snapshot(tmp_path)
    texts = {"old.py": "new", "a/b/new.py": "new", "other.py": "new"}
    with pytest.raises(ZeroDivisionError), written(tmp_path, texts):
        assert (tmp_path / "a/b/new.py").read_text() == "new"
        _ = 1 / 0
    assert snapshot(tmp_path) == before


def test_so_does_one_while_writing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    before = snapshot(tmp_path)
    with pytest.raises(OSError), written(tmp_path, {"a.py": "a", "file/b.py": "b"}):  # noqa: PT011
        pytest.fail("it cannot be written")
    assert snapshot(tmp_path) == before


def test_what_is_written_stays(tmp_path: Path) -> None:
    with written(tmp_path, {"a.py": "from b import c\nimport json\nx=[ 1 ]"}):
        formatted(tmp_path, ["a.py"])
    assert (tmp_path / "a.py").read_text() == "import json\n\nfrom b import c\n\nx = [1]\n"

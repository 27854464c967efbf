from datetime import UTC, datetime
from pathlib import Path

import time_machine

from padstone.cli.doctor.machine import clock, disk, python

LOCK = """\
wheels = [
    { url = "a.whl", upload-time = "2026-03-01T10:00:00Z" },
    { url = "b.whl", upload-time = "2026-05-01T10:00:00.123Z" },
]
"""


def test_a_project_that_wants_a_newer_python(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nrequires-python = ">=3.99,<4"\n')
    found = python(tmp_path)
    assert found.verdict == "error"
    assert "3.99 or newer" in found.what
    assert found.mend.endswith("uv sync --python 3.99")


def test_a_project_that_takes_this_python(tmp_path: Path) -> None:
    assert python(tmp_path).verdict == "ok"
    (tmp_path / "pyproject.toml").write_text('[project]\nrequires-python = ">=3.8"\n')
    assert python(tmp_path).verdict == "ok"
    (tmp_path / "pyproject.toml").write_text("[project\n")
    assert python(tmp_path).verdict == "ok"


def test_a_disk_with_less_room_than_is_needed(tmp_path: Path) -> None:
    found = disk(tmp_path / "not" / "there" / "yet", needed=10**20)
    assert found.verdict == "error"
    assert "Make room" in found.mend
    assert disk(tmp_path, needed=0).verdict == "ok"


def test_a_clock_behind_the_packages_that_are_installed(tmp_path: Path) -> None:
    (tmp_path / "uv.lock").write_text(LOCK)
    with time_machine.travel(datetime(2020, 1, 1, tzinfo=UTC)):
        found = clock(tmp_path)
    assert found.verdict == "error"
    assert "2020-01-01" in found.what
    assert "2026-05-01" in found.what


def test_a_clock_after_the_packages_that_are_installed(tmp_path: Path) -> None:
    (tmp_path / "uv.lock").write_text(LOCK)
    with time_machine.travel(datetime(2026, 5, 1, 9, tzinfo=UTC)):
        assert clock(tmp_path).verdict == "ok"


def test_a_clock_that_cannot_be_compared(tmp_path: Path) -> None:
    assert clock(tmp_path).verdict == "skipped"
    (tmp_path / "uv.lock").write_text("version = 1\n")
    assert clock(tmp_path).verdict == "ok"

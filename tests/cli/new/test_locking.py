from pathlib import Path

import pytest

from padstone.cli.new import locking
from padstone.cli.new.locking import find_uv, lock


def make_uv(folder: Path, script: str) -> Path:
    """A uv that does what the test wants."""
    uv = folder / "uv"
    uv.write_text(f"#!/bin/sh\n{script}\n")
    uv.chmod(0o755)
    return uv


@pytest.fixture(autouse=True)
def _nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("UV", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(locking.sys, "executable", str(tmp_path / "bin" / "python"))


def test_uv_is_the_one_that_runs_this_or_beside_or_on_the_path(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert find_uv() is None
    on_path = make_uv(tmp_path, "")
    assert find_uv() == str(on_path)
    (tmp_path / "bin").mkdir()
    beside = make_uv(tmp_path / "bin", "")
    assert find_uv() == str(beside)
    monkeypatch.setenv("UV", "/opt/uv")
    assert find_uv() == "/opt/uv"


def test_it_locks_in_the_projects_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    make_uv(tmp_path, 'echo "$* [${VIRTUAL_ENV-}]" > uv.lock')
    monkeypatch.setenv("VIRTUAL_ENV", "/somewhere/else")
    project = tmp_path / "project"
    project.mkdir()
    assert lock(project) is None
    assert (project / "uv.lock").read_text() == "lock --quiet []\n"


def test_what_kept_it_from_locking_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert lock(tmp_path) == "there is no uv here"
    make_uv(tmp_path, "echo 'Failed to fetch' >&2; exit 2")
    assert lock(tmp_path) == "Failed to fetch"
    make_uv(tmp_path, "exit 3")
    assert lock(tmp_path) == "status 3"
    monkeypatch.setenv("UV", "/nowhere/uv")
    assert "/nowhere/uv" in (lock(tmp_path) or "")

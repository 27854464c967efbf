"""Locks that end with their holders."""

import subprocess
import sys
from pathlib import Path

import pytest

from padstone.devservices import locks
from padstone.devservices.locks import Lock, holders


def test_an_exclusive_lock_keeps_everybody_out(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with Lock.take(path) as lock:
        assert lock is not None
        assert Lock.take(path) is None
        assert Lock.take(path, shared=True, wait=0.05) is None
    with Lock.take(path, shared=True), Lock.take(path, shared=True):
        assert Lock.take(path) is None


def test_a_program_started_meanwhile_does_not_hold_it(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    lock = Lock.take(path)
    assert lock is not None
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as program:
        lock.release()
        with Lock.take(path) as again:
            assert again is not None
        program.kill()


def test_a_lock_on_a_file_that_was_replaced_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with Lock.take(path) as lock:
        assert lock is not None
        assert not lock.lost()
        path.unlink()
        assert lock.lost()
        path.touch()
        assert lock.lost()
        with Lock.take(path) as successor:
            assert successor is not None


def test_a_file_that_is_replaced_while_it_is_locked_is_locked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "lock"
    locked = Lock._locked

    def replaced_meanwhile(lock: Lock, *, shared: bool) -> bool:
        monkeypatch.setattr(Lock, "_locked", locked)
        path.unlink()
        return locked(lock, shared=shared)

    monkeypatch.setattr(Lock, "_locked", replaced_meanwhile)
    with Lock.take(path, wait=5) as lock:
        assert lock is not None
        assert not lock.lost()


def test_holders_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    assert holders(path) == 0
    with Lock.take(path, shared=True), Lock.take(path, shared=True):
        assert holders(path) == 2 if Path("/proc/locks").exists() else 1
    assert holders(path) == 0


def test_without_the_kernel_s_table_one_holder_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "_TABLE", tmp_path / "none")
    path = tmp_path / "lock"
    with Lock.take(path, shared=True), Lock.take(path, shared=True):
        assert holders(path) == 1
    assert holders(path) == 0

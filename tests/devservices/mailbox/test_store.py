"""Mails stay, in order, until somebody deletes them or there are too many."""

import stat
import threading
from pathlib import Path

import pytest

from padstone.devservices.mailbox.store import Store, box_of, received_at, seconds_of


def test_mails_are_in_order_even_where_the_clock_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("padstone.devservices.mailbox.store.time.time_ns", lambda: 7_000_000_000)
    store = Store(tmp_path)
    names = [store.add("shop", b"%d" % number) for number in range(3)]
    assert store.newest_first() == names[::-1]
    assert [received_at(name) for name in names] == [7_000_000_000, 7_000_000_001, 7_000_000_002]
    assert seconds_of(names[0]) == 7
    assert [store.read(name) for name in names] == [b"0", b"1", b"2"]
    assert Store(tmp_path).add("shop", b"3") > names[-1]


def test_boxes_are_told_apart(store: Store) -> None:
    a, b = store.add("a", b"1"), store.add("b-c_d", b"2")
    assert (box_of(a), box_of(b)) == ("a", "b-c_d")
    assert store.newest_first(box="a") == [a]
    assert store.newest_first(after=a) == [b]
    assert store.newest_first(after=a, box="a") == []
    assert store.clear("a") == 1
    assert store.newest_first() == [b]
    assert store.clear() == 1
    assert store.newest_first() == []


def test_what_is_kept_is_there_after_a_restart(tmp_path: Path) -> None:
    folder = tmp_path / "mails"
    names = [Store(folder).add("shop", b"%d" % number) for number in range(3)]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    (folder / "half.new").write_bytes(b"of a killed process")
    again = Store(folder)
    assert again.newest_first() == names[::-1]
    assert again.read(names[1]) == b"1"
    assert sorted(path.name for path in folder.iterdir()) == [f"{name}.eml" for name in names]


def test_the_oldest_go(tmp_path: Path) -> None:
    store = Store(tmp_path, kept=3)
    names = [store.add("shop", b"") for _ in range(5)]
    assert store.newest_first() == names[:1:-1]
    assert len(list(tmp_path.iterdir())) == 3


def test_nothing_but_a_mail_is_read(store: Store, tmp_path: Path) -> None:
    (tmp_path / "secret.eml").write_text("secret")
    name = store.add("shop", b"")
    for other in ("", ".", "../secret", f"../mails/{name}", f"{name}/", "0-shop"):
        assert store.read(other) is None


def test_a_file_that_somebody_has_removed_is_no_mail(store: Store, tmp_path: Path) -> None:
    name = store.add("shop", b"")
    (tmp_path / "mails" / f"{name}.eml").unlink()
    assert store.read(name) is None
    assert store.clear() == 1


def test_every_change_is_told(store: Store) -> None:
    versions = [store.version]
    for change in (lambda: store.add("shop", b""), store.clear):
        change()
        versions.append(store.version)
    assert len(set(versions)) == 3


def test_whoever_waits_is_woken(store: Store) -> None:
    wanted = (lambda: store.newest_first() != [], 3600)
    woken = threading.Thread(target=store.wait, args=wanted, daemon=True)
    woken.start()
    store.add("shop", b"")
    woken.join(30)
    assert not woken.is_alive()
    store.wait(lambda: False, 0)

"""Mails as they are asked for, each read once for its lists."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from padstone.devservices.mailbox.letters import Letters
from padstone.devservices.mailbox.store import Store

Mail = Callable[..., bytes]


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the mails whose files are read."""
    seen: list[str] = []
    read = Store.read

    def counted(store: Store, name: str) -> Any:
        seen.append(name)
        return read(store, name)

    monkeypatch.setattr(Store, "read", counted)
    return seen


def test_a_list_reads_each_mail_once(store: Store, mail: Mail, reads: list[str]) -> None:
    letters = Letters(store)
    names = [store.add("shop", mail(f"{number}")) for number in range(3)]
    for _ in range(3):
        assert [one.subject for one in letters.newest_first()] == ["2", "1", "0"]
    assert sorted(reads) == names
    names.append(store.add("accounts", mail("3", to="Bob@example.com")))
    assert [one.id for one in letters.newest_first(to="bob@EXAMPLE.com")] == names[3:]
    assert [one.id for one in letters.newest_first(box="shop", after=names[0])] == names[2:0:-1]
    assert sorted(reads) == names
    assert letters.boxes == ["accounts", "shop"]


def test_what_is_deleted_is_not_listed(store: Store, mail: Mail) -> None:
    letters = Letters(store)
    name = store.add("shop", mail())
    assert letters.newest_first() != []
    assert letters.read(name) is not None
    store.clear()
    assert letters.newest_first() == letters.boxes == []
    assert letters.read(name) is None


def test_a_list_has_an_end_and_so_has_what_is_remembered(tmp_path: Path, mail: Mail) -> None:
    store = Store(tmp_path, kept=250)
    letters = Letters(store)
    for _ in range(3):
        for _ in range(200):
            store.add("shop", mail())
        assert len(letters.newest_first()) == 200
    assert len(letters._known) == 250

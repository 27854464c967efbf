"""What is written down, and ports."""

import socket
from pathlib import Path

import pytest

from padstone.devservices import record
from padstone.devservices.layout import Layout
from padstone.devservices.record import (
    answers,
    complete_access,
    free_port,
    port_is_free,
    read_access,
    read_json,
    read_state,
    write_json,
)


def test_a_record_is_replaced_whole_and_private(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    write_json(path, {"a": 1})
    write_json(path, {"a": 2})
    assert read_json(path) == {"a": 2}
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_writer_left_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    (tmp_path / f"record.json.{record.os.getpid()}").write_text("hal")
    write_json(path, {"a": 1})
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("content", [None, "", "{", "\0"])
def test_a_missing_or_broken_record_is_none(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "record.json"
    if content is not None:
        path.write_text(content)
    assert read_json(path) is None


def test_passwords_are_made_once(root: Path) -> None:
    layout = Layout.of(root)
    layout.create()
    access = read_access(layout)
    complete_access(layout, access)
    assert {len(password) for password in access["passwords"].values()} == {16, 32}
    assert len(set(access["passwords"].values())) == 6
    complete_access(layout, access)
    assert read_access(layout) == access
    assert read_state(layout) is None


def test_a_port_that_is_listened_on_is_not_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert not port_is_free(port)
        assert answers(port)
    assert port_is_free(port)
    assert not answers(port)


def test_a_free_port_is_one_that_outgoing_connections_do_not_use() -> None:
    assert 20_000 <= free_port() < 32_000


def test_taken_ports_are_not_given_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "_FIRST_PORT", 20_000)
    monkeypatch.setattr(record, "_LAST_PORT", 20_002)
    # Both are taken: then the system chooses, from its own range.
    assert free_port(taken=[20_000, 20_001]) > 20_002

import io
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from unittest.mock import patch

import pytest

from padstone.cli.dev.board import Board
from padstone.cli.dev.discover import DevSystem
from padstone.cli.dev.forks import Forks
from padstone.cli.dev.server import Server, Started
from padstone.devservices import Services, ServiceStatus

SERVICES = Services(
    database_url="",
    redis_url="",
    storage_endpoint_url="",
    storage_access_key="",
    storage_secret_key="",
    storage_region="",
    mail_url="",
    mailbox_url="",
    folder=Path(),
    timings=MappingProxyType({"postgres": 1.234}),
    notes=(),
)
STATES = [
    ServiceStatus(name, "running", 1, port, "18.6", 1.0, Path(), 1)
    for name, port in (("postgres", 21_000), ("valkey", 21_001))
]
PAGE = "http://127.0.0.1:21003/key/"
STATES.append(ServiceStatus("mail", "running", 1, 21_002, "1.4.6", 1.0, Path(), 1, PAGE))


@contextmanager
def western_output() -> Iterator[list[str]]:
    """The lines that go to standard output, on a machine with the letters of Western Europe."""
    lines: list[str] = []
    made = io.TextIOWrapper(io.BytesIO(), encoding="latin-1", write_through=True)
    with patch.object(sys, "stdout", made):
        yield lines
    made.seek(0)
    lines += made.read().splitlines()


async def test_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server(DevSystem("shop", "0.3.0", Path(), 1), Forks(), listener, print, print)
    example = "curl {url}/" + "x" * 200
    server.started.set_result(Started(2.26, {"key": "[secret]"}, [example], tasks=3))
    with western_output() as printed:
        Board(["shop"]).table(SERVICES, STATES, [server])
    lines = [line.strip() for line in printed]
    assert "postgres  18.6     127.0.0.1:21000                1.23 s" in lines
    assert any(line.startswith("valkey") and line.endswith("was running") for line in lines)
    assert ["mail", "1.4.6", PAGE] in [line.split()[:3] for line in lines]
    assert any(line.startswith("shop") and line.endswith("2.3 s") for line in lines)
    assert f"docs    {server.url}/docs".split() in [line.split() for line in lines]
    assert ["worker", "3", "kinds", "of", "jobs"] in [line.split() for line in lines]
    assert "key: [secret]" in lines
    assert example.replace("{url}", server.url) in lines


async def test_a_system_without_first_data_has_no_first_steps() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server(DevSystem("shop", "0.3.0", Path(), 1), Forks(), listener, print, print)
    server.started.set_result(Started(1.0))
    with western_output() as printed:
        Board(["shop"]).table(SERVICES, STATES, [server])
    assert "shop" not in printed
    assert not any("worker" in line for line in printed)


def test_signs_that_the_output_lacks_do_no_harm() -> None:
    with western_output() as printed:
        board = Board(["shop", "accounts"])
        with board.working("Starting …"):
            board.line("shop", "[bold]ünïcode[/] 漢字")
            board.note("accounts", "restarting …")
    assert printed == [
        "Starting ?",
        "shop      [bold]ünïcode[/] ??",
        "accounts  restarting ?",
    ]

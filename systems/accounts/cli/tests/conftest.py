"""Fixtures: an empty home, a server in a process of its own, the command."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from accounts_cli import credentials
from accounts_cli.credentials import Credentials
from running import Command, Server, start_server, stop
from server import FULL_KEY


@pytest.fixture(scope="session")
def running_server() -> Iterator[Server]:
    process = start_server()
    yield Server(process)
    stop(process)


@pytest.fixture
def server(running_server: Server) -> Server:
    running_server.tell("reset")
    return running_server


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's home, empty, with nothing of the developer's environment."""
    for variable in [name for name in os.environ if name.startswith(("ACCOUNTS_", "XDG_", "SSL_"))]:
        monkeypatch.delenv(variable)
    for variable in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.delenv(variable, raising=False)
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("TZ", "UTC")
    return folder


@pytest.fixture
def credentials_file(home: Path) -> Path:
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "accounts" / "credentials.json"
    return home / ".config" / "accounts" / "credentials.json"


@pytest.fixture
def accounts(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


@pytest.fixture
def logged_in(accounts: Command, server: Server) -> Command:
    credentials.save(Credentials(server.url, FULL_KEY))
    return accounts

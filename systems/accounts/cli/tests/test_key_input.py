"""The prompt is tested at a real terminal, since the echo is the terminal's doing."""

import getpass
import io
import sys
import warnings
from pathlib import Path

import pytest
from accounts_cli.errors import CliError, KeyRefusedError
from accounts_cli.key_input import read_key
from running import Server
from server import EMAIL, FULL_KEY
from terminal import Terminal


def test_the_key_is_asked_for_without_echo(server: Server, credentials_file: Path) -> None:
    with Terminal("login", "--api-url", server.url) as terminal:
        terminal.wait_for(f"API key for {server.url}: ")
        terminal.type(FULL_KEY + "\n")
        assert terminal.end() == 0
    assert f"Logged in to {server.url} as {EMAIL}" in terminal.shown
    assert FULL_KEY not in terminal.shown
    assert FULL_KEY in credentials_file.read_text()


def test_with_token_asks_nothing_and_does_not_echo_either(server: Server) -> None:
    with Terminal("login", "--api-url", server.url, "--with-token") as terminal:
        terminal.wait_for_hidden_input()
        terminal.type(FULL_KEY + "\n")
        assert terminal.end() == 0
    assert "API key for" not in terminal.shown
    assert FULL_KEY not in terminal.shown
    assert EMAIL in terminal.shown


def test_ctrl_c_at_the_prompt_interrupts_without_a_trace(server: Server) -> None:
    with Terminal("login", "--api-url", server.url) as terminal:
        terminal.wait_for(f"API key for {server.url}: ")
        terminal.type("\x03")
        assert terminal.end() == 130
    assert terminal.shown.replace("\r", "").endswith("error:\033[0m Interrupted.\n")
    assert server.seen == []


def test_ctrl_d_at_the_prompt_is_no_key(server: Server) -> None:
    with Terminal("login", "--api-url", server.url, env={"NO_COLOR": "1"}) as terminal:
        terminal.wait_for(f"API key for {server.url}: ")
        terminal.type("\x04")
        assert terminal.end() == 3
    assert "error: That cannot be used. It is empty." in terminal.shown


def test_a_pipe_gives_its_first_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{FULL_KEY}\nmore\n"))
    assert read_key("unseen") == FULL_KEY


@pytest.mark.parametrize(
    ("stdin", "complaint"),
    [
        (io.StringIO(""), "It is empty"),
        (None, "It is empty"),
        (io.StringIO("hunter2\n"), "no API key"),
        (io.StringIO("x" * 10_000), "no API key"),
        (io.TextIOWrapper(io.BytesIO(b"\xff\xfe\n"), encoding="utf-8"), "It is empty"),
    ],
)
def test_what_is_no_key_is_not_sent(
    stdin: io.TextIOBase | None, complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", stdin)
    with pytest.raises(KeyRefusedError, match=complaint):
        read_key("")


def test_a_terminal_that_cannot_hide_it_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    def insecure(_: str) -> str:
        warnings.warn("Can not control echo.", getpass.GetPassWarning, stacklevel=2)
        return FULL_KEY

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(getpass, "getpass", insecure)
    with pytest.raises(CliError, match="would show the key"):
        read_key("")

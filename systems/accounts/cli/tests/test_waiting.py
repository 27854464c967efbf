"""The spinner, at a real terminal, while a real server does not answer."""

import io
import sys
import threading

import pytest
from accounts_cli import waiting as module
from accounts_cli.waiting import waiting
from running import Server
from terminal import Terminal


@pytest.mark.usefixtures("logged_in")
def test_a_terminal_gets_a_sign_of_life(server: Server) -> None:
    server.answer(200, {"balance_micros": 1_000_000, "held_micros": 0}, hang=True)
    with Terminal("credits") as terminal:
        terminal.wait_for(f"Waiting for {server.url} …")
        server.tell("release")
        assert terminal.end() == 0
    spinning, wiped, result = terminal.shown.rpartition("\x1b[2K")
    assert "Waiting" in spinning
    assert wiped
    assert (
        result.replace("\r", "") == "balance  1.00 (1,000,000 micros)\nheld     0.00 (0 micros)\n"
    )


def test_what_is_quick_needs_none(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    threads = threading.active_count()
    with waiting("Waiting …"):
        pass
    assert terminal.getvalue() == ""
    assert threading.active_count() == threads


def test_neither_does_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PATIENCE", 0)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    threads = threading.active_count()
    with waiting("Waiting …"):
        assert threading.active_count() == threads
    assert sys.stderr.getvalue() == ""

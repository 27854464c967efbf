import io
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from accounts_cli.output import is_styled, printable, show_fields, show_json, show_table
from running import Server, command_line, run_process
from terminal import Terminal


@pytest.fixture
def unread() -> Iterator[int]:
    """The writing end of a pipe that nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    yield writing
    os.close(writing)


def test_tables_are_aligned(capsys: pytest.CaptureFixture[str]) -> None:
    show_table(("name", "amount"), [("a", "1.00"), ("long name", "12.50")], numbers=("amount",))
    assert capsys.readouterr().out == "name       amount\na            1.00\nlong name   12.50\n"


def test_what_is_in_a_cell_is_text_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    show_table(("name",), [("[bold]x[/bold]",), ("\x1b[31mred\x07",)])
    assert capsys.readouterr().out == "name\n[bold]x[/bold]\n�[31mred�\n"
    show_fields({"a": "\x1b[2J", "bcd": "x"})
    assert capsys.readouterr().out == "a    �[2J\nbcd  x\n"


def test_a_table_in_a_pipe_is_not_cut(capsys: pytest.CaptureFixture[str]) -> None:
    show_table(("name",), [("x" * 500,)])
    assert "x" * 500 in capsys.readouterr().out


def test_json_keeps_what_is_not_ascii(capsys: pytest.CaptureFixture[str]) -> None:
    show_json({"name": "Zoë"})
    assert capsys.readouterr().out == '{\n  "name": "Zoë"\n}\n'


def test_printable_leaves_lines_and_letters() -> None:
    assert printable("Zoë\n漢字\t\u202e") == "Zoë\n漢字��"


def test_a_terminal_has_style_unless_somebody_wants_none(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert is_styled(Terminal())
    assert not is_styled(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not is_styled(Terminal())
    monkeypatch.setenv("NO_COLOR", "")  # as no-color.org has it, empty is unset
    assert is_styled(Terminal())
    monkeypatch.setenv("TERM", "dumb")
    assert not is_styled(Terminal())


@pytest.mark.parametrize(("no_color", "styled"), [("", True), ("1", False)])
@pytest.mark.usefixtures("logged_in")
def test_a_table_at_a_terminal(
    no_color: str,
    styled: bool,  # noqa: FBT001
    server: Server,
) -> None:
    server.tell("edit", {"id": server.keys[1]["id"], "revoked_at": "2026-01-01T00:00:00Z"})
    with Terminal("keys", "list", env={"NO_COLOR": no_color}) as terminal:
        assert terminal.end() == 0
    assert ("\x1b[1m" in terminal.shown) is styled
    assert ("\x1b[2m" in terminal.shown) is styled  # the revoked key is dim
    # Folded to the terminal's 100 columns, and nothing is lost.
    plain = re.sub(r"\x1b\[\d*m", "", terminal.shown)
    assert max(map(len, plain.splitlines())) <= 100
    assert "active" in terminal.shown


@pytest.mark.usefixtures("logged_in")
def test_a_reader_that_has_seen_enough_is_no_failure(unread: int) -> None:
    done = subprocess.run(
        command_line("credits", "entries", "--all", "--json"),
        stdout=unread,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.usefixtures("logged_in")
def test_a_new_key_that_nobody_has_read_is_one(unread: int, server: Server) -> None:
    done = subprocess.run(
        command_line("keys", "create", "x"),
        stdout=unread,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert b"Nobody read the new key" in done.stderr
    assert server.keys[0]["id"].encode() in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.usefixtures("logged_in")
def test_a_full_disk_is_a_failure() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command_line("credits"), stdout=full, stderr=subprocess.PIPE, timeout=60, check=False
        )
    assert done.returncode == 1
    assert done.stderr == b"error: The result cannot be written: No space left on device.\n"


@pytest.mark.usefixtures("logged_in")
def test_an_output_that_knows_no_unicode_is_no_crash(server: Server) -> None:
    server.tell("edit", {"id": server.keys[0]["id"], "name": "Zoë"})
    ran = run_process("keys", "list", "--json", env={"PYTHONIOENCODING": "ascii"})
    assert ran.status == 0
    assert "Zo\\xeb" in ran.out

import io
import json
import sys

import pytest

from padstone.cli.output import mark, print_json, print_table, progress_in_place


def test_a_table_that_is_piped_is_not_cut(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("name", "text"), [("a", "x" * 500), ("[red]b[/]", "")])
    out = capsys.readouterr().out
    assert "x" * 500 in out
    assert "[red]b[/]" in out


def test_json_keeps_letters_and_writes_what_it_does_not_know(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_json({"name": "Zoë", "where": io.StringIO})
    out = capsys.readouterr().out
    assert "Zoë" in out
    assert json.loads(out)["where"] == "<class '_io.StringIO'>"


@pytest.mark.parametrize(
    ("encoding", "good", "shown"),
    [("utf-8", True, "✓"), ("utf-8", False, "✗"), ("ascii", True, "ok"), ("ascii", False, "NO")],
)
def test_a_mark_is_one_that_the_output_can_show(
    monkeypatch: pytest.MonkeyPatch, encoding: str, *, good: bool, shown: str
) -> None:
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding=encoding))
    assert mark(good=good) == shown


@pytest.mark.parametrize(("terminal", "shown"), [(True, "\r\x1b[Khalf\r\x1b[K"), (False, "")])
def test_progress_in_place_is_for_terminals(
    monkeypatch: pytest.MonkeyPatch, *, terminal: bool, shown: str
) -> None:
    output = io.StringIO()
    monkeypatch.setattr(output, "isatty", lambda: terminal)
    monkeypatch.setattr(sys, "stderr", output)
    progress_in_place("half")
    progress_in_place("")
    assert output.getvalue() == shown

import json

import pytest

from padstone.cli.doctor.finding import Finding, any_error, show

FINE = Finding("disk", "ok", "There is room.")
WORTH_A_THOUGHT = Finding("TLS", "warning", "There is none.", "Ask for it.")
WRONG = Finding("port", "error", "It is taken.", "Take another.")


def test_only_an_error_is_wrong() -> None:
    assert not any_error(
        [FINE, WORTH_A_THOUGHT, Finding("a", "note", ""), Finding("b", "skipped", "")]
    )
    assert any_error([FINE, WRONG])


def test_people_get_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    show([FINE, WORTH_A_THOUGHT, WRONG], json=False)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines[1:]] == [["✓", "disk"], ["!", "TLS"], ["✗", "port"]]
    assert lines[3].endswith("Take another.")


def test_programs_get_json(capsys: pytest.CaptureFixture[str]) -> None:
    show([WRONG], json=True)
    assert json.loads(capsys.readouterr().out) == [
        {"subject": "port", "verdict": "error", "what": "It is taken.", "mend": "Take another."}
    ]

"""Processes that are ours, and those that only have the same number."""

import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from padstone.devservices import process
from padstone.devservices.process import end, names, open_log, tail


def test_a_process_is_ours_if_its_command_line_names_the_folder(tmp_path: Path, until: Any) -> None:
    with subprocess.Popen(["sh", "-c", "read _", str(tmp_path)], stdin=subprocess.PIPE) as ours:
        # Linux shows no command line for a moment after a program has begun.
        assert until(lambda: names(ours.pid, tmp_path))
        assert not names(ours.pid, tmp_path / "other")
        ours.kill()
    assert not names(ours.pid, tmp_path)


def test_ps_is_asked_where_there_is_no_proc(
    tmp_path: Path, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_PROC", tmp_path / "none")
    test_a_process_is_ours_if_its_command_line_names_the_folder(tmp_path, until)


def test_a_process_that_is_not_ours_is_not_ended(tmp_path: Path) -> None:
    with subprocess.Popen(["sh", "-c", "read _"], stdin=subprocess.PIPE) as other:
        end(other.pid, tmp_path, signal.SIGKILL)
        assert other.poll() is None
        other.kill()


def test_a_process_that_will_not_end_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_PATIENCE", 0.1)
    stubborn = "trap '' TERM; echo ready; while :; do read _; done"
    with subprocess.Popen(
        ["sh", "-c", stubborn, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as server:
        assert server.stdout is not None
        server.stdout.readline()
        end(server.pid, tmp_path, signal.SIGTERM)
        assert server.wait() == -signal.SIGKILL


def test_a_tail_hides_secrets(tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert tail(log) == f"{log} is empty."
    log.write_text("".join(f"line {number} with s3cret\n" for number in range(20)))
    end_of_it = tail(log, ["s3cret"], lines=2)
    assert end_of_it == f"The end of {log}:\n  line 18 with ***\n  line 19 with ***"


def test_a_long_log_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "log"
    log.write_text("old\n")
    with open_log(log) as out:
        out.write(b"new\n")
    assert log.read_text() == "old\nnew\n"
    monkeypatch.setattr(process, "_LOG_LIMIT", 4)
    open_log(log).close()
    assert log.read_text() == ""

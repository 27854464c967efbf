import io
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from uvicorn.config import STARTUP_FAILURE

from padstone import log
from padstone.cli.serve import config as module
from padstone.cli.serve.config import METRICS_FOLDER, Config, failing_in_the_log
from padstone.errors import UnavailableError
from padstone.settings import Settings, SettingsError

SENTENCE = "it cannot be done"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What goes to the log."""
    root, before = logging.getLogger(), structlog.get_config()
    handlers, level = list(root.handlers), root.level
    stream = io.StringIO()
    log.configure(form="console", stream=stream)
    yield stream
    structlog.configure(**before)
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.usefixtures("written")  # making one configures the log
def test_the_grace_is_whole_seconds_and_never_none() -> None:
    assert Config(Settings(SHUTDOWN_GRACE_SECONDS=0.2)).timeout_graceful_shutdown == 1
    assert Config(Settings(SHUTDOWN_GRACE_SECONDS=12.6)).timeout_graceful_shutdown == 13


def test_an_error_with_words_needs_no_trace(written: io.StringIO) -> None:
    with pytest.raises(SystemExit) as exit_, failing_in_the_log(SENTENCE):
        raise UnavailableError("The sea is high.")
    assert exit_.value.code == STARTUP_FAILURE
    text = written.getvalue()
    assert SENTENCE in text
    assert "The sea is high." in text
    assert "Traceback" not in text


def test_a_defect_is_traced_from_the_application_on(
    written: io.StringIO, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    source = tmp_path / "main.py"
    source.write_text("def fail():\n    raise KeyError('x')\nfail()\n")
    with pytest.raises(SystemExit), failing_in_the_log(SENTENCE):
        exec(compile(source.read_text(), str(source), "exec"))  # noqa: S102
    text = written.getvalue()
    assert f'"{source}", line 3' in text
    assert __file__ not in text


def test_a_defect_outside_the_application_is_traced_as_a_whole(
    written: io.StringIO, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit), failing_in_the_log(SENTENCE):
        raise KeyError
    assert __file__ in written.getvalue()


def test_wrong_settings_keep_their_words() -> None:
    with pytest.raises(SettingsError), failing_in_the_log(SENTENCE):
        Settings(PORT="many")


def test_numbers_of_the_dead_are_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(METRICS_FOLDER, str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    alive, dead = os.getpid(), process.pid
    for pid in (alive, 1, dead):
        (tmp_path / f"gauge_livesum_{pid}.db").touch()
        (tmp_path / f"histogram_{pid}.db").touch()
    module._forget_dead_workers()
    assert {file.name for file in tmp_path.glob("gauge*")} == {
        f"gauge_livesum_{alive}.db",
        "gauge_livesum_1.db",
    }
    assert len(list(tmp_path.glob("histogram*"))) == 3  # what has been counted stays counted


def test_without_workers_there_is_nothing_to_forget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(METRICS_FOLDER, raising=False)
    module._forget_dead_workers()

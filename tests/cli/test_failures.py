import re
import signal
import stat
import subprocess
import time
from pathlib import Path

import pytest

from padstone.cli.failures import UsageError, report
from padstone.errors import ConflictError, FieldError, NotFoundError
from padstone.settings import SettingProblem, SettingsError

from .conftest import Program, Tiny


def test_an_error_of_the_tree_is_its_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert report(NotFoundError("There is no such key.")) == 1
    assert capsys.readouterr().err == "error: There is no such key.\n"


def test_fields_follow_their_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert report(ConflictError("It is taken.", errors=[FieldError("email", "is taken")])) == 1
    assert capsys.readouterr().err == "error: It is taken.\n  email: is taken\n"


def test_wrong_use_has_a_status_of_its_own() -> None:
    assert report(UsageError("Not here.")) == 2


def test_wrong_settings_are_told_whole(capsys: pytest.CaptureFixture[str]) -> None:
    problem = SettingProblem("SECRET_KEY", "is not set.")
    assert report(SettingsError("production", [problem])) == 1
    said = capsys.readouterr().err
    assert said.startswith("error: The settings cannot be used")
    assert "SECRET_KEY  is not set." in said


@pytest.mark.parametrize(("code", "status"), [(None, 0), (0, 0), (3, 3)])
def test_an_exit_keeps_its_status(code: int | None, status: int) -> None:
    assert report(SystemExit(code)) == status


def _fail() -> None:
    raise RuntimeError("one\ntwo")


def test_an_error_that_nobody_foresaw_leaves_its_trace_in_a_file(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(RuntimeError) as caught:
        _fail()
    assert report(caught.value) == 1
    said = capsys.readouterr().err
    match = re.fullmatch(r"error: RuntimeError: one\nThe trace is in (.*)\n", said)
    assert match is not None
    trace = Path(match[1])
    assert "raise RuntimeError" in trace.read_text()
    assert stat.S_IMODE(trace.stat().st_mode) == 0o600
    trace.unlink()


def test_a_system_that_cannot_be_imported_fails_in_one_line(tiny: Tiny) -> None:
    ran = tiny(files={"app/core/config.py": "import nothing_of_this_name\n"})("settings")
    assert ran.status == 1
    assert ran.err.startswith("error: ModuleNotFoundError: No module named 'nothing_of_this_name'")
    assert "Traceback" not in ran.err
    Path(ran.err.split()[-1]).unlink()


def test_a_process_shows_the_trace_when_asked_for(program: Program) -> None:
    ran = program("settings", env={"PADSTONE_TRACEBACK": "1"})
    assert ran.status == 2
    assert ran.err.startswith("Traceback")
    assert "error: " in ran.err.splitlines()[-1]


def test_no_system_here(program: Program) -> None:
    ran = program("settings")
    assert ran.status == 2
    assert ran.err.startswith(f"error: {program.folder} is not a system's folder")


def test_an_option_that_does_not_exist(program: Program) -> None:
    ran = program("services", "status", "--jsno")
    assert ran.status == 2
    assert ran.err.startswith("error: No such option: --jsno")
    assert ran.err.endswith("See `padstone services status --help`.\n")


def test_wrong_settings_print_no_value(tiny: Tiny) -> None:
    ran = tiny()("settings", env={"PORT": "canary", "SECRET_KEY": "canary"})
    assert ran.status == 1
    assert "PORT" in ran.err
    assert "SECRET_KEY" in ran.err
    assert "canary" not in ran.err + ran.out


def test_ctrl_c_is_no_failure_with_a_trace(program: Program) -> None:
    """`logs --follow` runs until somebody interrupts it."""
    log = program.folder / ".padstone/services/logs/postgres.log"
    log.parent.mkdir(parents=True)
    for folder in (log.parent, log.parent.parent, log.parent.parent.parent):
        folder.chmod(0o700)
    log.write_text("it begins\n")
    with subprocess.Popen(
        program.command("services", "logs", "postgres", "--follow"),
        cwd=program.folder,
        env=program.whole_environment({"PYTHONUNBUFFERED": "1"}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "it begins\n"
        deadline = time.monotonic() + 10
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=deadline - time.monotonic())
    assert process.returncode == 130
    assert said == "error: Interrupted.\n"


def test_a_reader_that_leaves_is_no_failure(program: Program) -> None:
    with subprocess.Popen(
        program.command("--help"),
        cwd=program.folder,
        env=program.whole_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(30) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""

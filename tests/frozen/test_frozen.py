"""What older versions promised, held to this one: their projects, and all that was public."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

import padstone
from padstone.cli.doctor.changes import CHANGES, Change, minor
from padstone.testing.mailbox import Mailbox
from padstone.testing.services import TestServices
from surface import surface

Command = Callable[..., subprocess.CompletedProcess[str]]

HERE = Path(__file__).parent
FROZEN = sorted(path for path in HERE.iterdir() if path.name[0].isdecimal())
EVERY = pytest.mark.parametrize("frozen", FROZEN, ids=lambda path: path.name)
# What is deprecated by now still works: that is what being warned in time means.
BEARING = ["-W", "default::padstone.deprecation.PadstoneDeprecationWarning"]
# Of the contract that the project takes over, what starts processes, needs a lock or is long is
# proved on the systems and templates of this version.
QUICK = ["-k", "not (test_c1_ or test_c6_ or test_c10_ or test_c12_)"]


class Project:
    """A copy of a frozen project, its tests and its commands."""

    def __init__(self, frozen: Path, folder: Path) -> None:
        self.folder = shutil.copytree(frozen / "project", folder / "project")

    def run(self, *arguments: str, **given: str) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if name in {"HOME", "PATH"}}
        return subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=self.folder,
            env={**kept, "ENVIRONMENT": "test", "PYTHONDONTWRITEBYTECODE": "1", **given},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )


@pytest.fixture
def project(frozen: Path, tmp_path: Path) -> Project:
    return Project(frozen, tmp_path)


@pytest.fixture
def command(project: Project, blank_database: str, mailbox: Mailbox) -> Command:
    """The project's ``padstone``, on a database of its own that has had its migrations."""
    given = {"DATABASE_URL": blank_database, "MAIL_URL": mailbox.url, "MAIL_FROM": "a@example.com"}
    command = partial(project.run, "padstone", PORT="0", **given)
    upgraded = command("db", "upgrade")
    assert upgraded.returncode == 0, upgraded.stderr
    return command


def test_the_version_before_this_one_is_frozen() -> None:
    major, number = minor(padstone.__version__)
    assert f"{major}.{max(number - 1, 1)}" in {path.name for path in FROZEN}, "run freeze.py"


@EVERY
def test_its_own_tests_pass(project: Project, test_services: TestServices) -> None:
    services = {"DATABASE_URL": test_services.admin_url, "REDIS_URL": test_services.redis_url}
    given = {
        f"PADSTONE_TEST_{name}": one for name, one in (services | test_services.storage).items()
    }
    ran = project.run("pytest", "-q", "-p", "no:cacheprovider", *BEARING, *QUICK, **given)
    assert ran.returncode == 0, ran.stdout[-5000:] + ran.stderr
    assert " passed" in ran.stdout


@EVERY
@pytest.mark.usefixtures("frozen")
def test_its_migrations_lead_to_its_models_or_one_more_does(command: Command) -> None:
    if command("db", "check").returncode:  # this version has more in its tables
        assert command("db", "revision", "-m", "what is new").returncode == 0
        assert command("db", "upgrade").returncode == 0
    checked = command("db", "check")
    assert checked.returncode == 0, checked.stdout


@EVERY
def test_the_doctor_says_what_to_edit_and_finds_nothing_wrong(
    command: Command, frozen: Path
) -> None:
    ran = command("doctor", "--json")
    assert ran.returncode == 0, ran.stdout
    findings = json.loads(ran.stdout)
    told = [one["what"] for one in findings if one["subject"].startswith("upgrade to ")]
    assert told == [one.what for one in CHANGES if minor(one.version) > minor(frozen.name)]
    [agreement] = [one for one in findings if one["subject"] == "upgrade"]
    is_ours = minor(frozen.name) == minor(padstone.__version__)
    assert agreement["verdict"] == ("ok" if is_ours else "note")


def lacking(frozen: dict[str, list[str]], now: dict[str, list[str]], told: set[str]) -> set[str]:
    """What was public, is not, and is told of by no change that asks for an edit."""
    gone = {name for kind, names in frozen.items() for name in set(names) - set(now[kind])}
    return gone - told


def told_since(version: str, changes: tuple[Change, ...]) -> set[str]:
    later = [one for one in changes if minor(one.version) > minor(version)]
    return {name for one in later for name in one.names}


@EVERY
def test_what_was_public_is_still_there_or_was_said_to_go(frozen: Path) -> None:
    promised = json.loads((frozen / "surface.json").read_text())
    assert lacking(promised, surface(), told_since(frozen.name, CHANGES)) == set(), (
        "name what is gone in a Change, or, if that version is not released yet, freeze it anew"
    )


def test_a_name_that_is_gone_would_be_missed() -> None:
    frozen, now = {"names": ["one", "two"], "settings": ["X"]}, {"names": ["two"], "settings": []}
    changes = (Change("0.2", "One is gone.", "Write two.", names=("one",)),)
    assert lacking(frozen, now, told_since("0.1", changes)) == {"X"}
    assert lacking(frozen, now, told_since("0.2", changes)) == {"one", "X"}
    assert lacking(frozen, frozen, set()) == set()

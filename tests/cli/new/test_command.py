import json
import subprocess
import sys
from pathlib import Path

import pytest

from padstone.cli.new.command import From
from padstone.cli.new.templates import TEMPLATES

from ..conftest import Program  # noqa: TID252  # the folder above is no package


@pytest.fixture
def alone(tmp_path: Path) -> Program:
    """In an empty folder, where there is no uv."""
    folder = tmp_path / "empty"
    folder.mkdir()
    return Program(folder, {"PATH": str(tmp_path), "ENVIRONMENT": "development"})


def test_every_template_may_be_named() -> None:
    assert {one.value for one in From} == set(TEMPLATES)


def test_every_file_is_printed_and_the_next_commands(alone: Program) -> None:
    ran = alone.inside("new", "blog")
    assert ran.status == 0, ran.err
    files, _, following = ran.out.partition("\n\n")
    written = [path for path in (alone.folder / "blog").rglob("*") if path.is_file()]
    assert sorted(files.splitlines()) == sorted(
        str(path.relative_to(alone.folder)) for path in written
    )
    commands = [line.split("#")[0].strip() for line in following.splitlines() if line[:2] == "  "]
    assert commands == ["cd blog", "make dev", "make test"]
    assert "not locked yet, which `make` will do: there is no uv here" in ran.err


def test_programs_get_json(alone: Program) -> None:
    ran = alone.inside("new", "blog", "--from", "accounts", "--json")
    assert ran.status == 0, ran.err
    told = json.loads(ran.out)
    assert told["folder"] == str(alone.folder / "blog")
    assert (told["name"], told["template"], told["locked"]) == ("blog", "accounts", False)
    assert "app/main.py" in told["files"]
    assert told["next"] == ["cd blog", "make dev", "make test"]


def test_a_lock_that_was_written_is_among_the_files(alone: Program, tmp_path: Path) -> None:
    uv = tmp_path / "uv"
    uv.write_text("#!/bin/sh\necho > uv.lock\n")
    uv.chmod(0o755)
    told = json.loads(alone.inside("new", "blog", "--json").out)
    assert told["locked"] is True
    assert told["files"] == sorted(told["files"])
    assert "uv.lock" in told["files"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["Blog"], "Try: padstone new blog"),
        (["full"], "is not empty"),
        (["blog", "--from", "shopp"], "--from"),
        ([], "Missing argument"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_made(
    alone: Program, words: list[str], said: str
) -> None:
    (alone.folder / "full").mkdir()
    (alone.folder / "full" / "file").touch()
    ran = alone.inside("new", *words)
    assert ran.status == 2
    assert said in ran.err
    assert [path.name for path in alone.folder.iterdir()] == ["full"]


def test_nothing_slow_is_imported(alone: Program) -> None:
    code = (
        "import sys; sys.argv = ['padstone', 'new', 'blog']; from padstone.__main__ import main; "
        "main(); sys.exit(' '.join({'fastapi', 'sqlalchemy', 'rich'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=alone.folder,
        env=alone.whole_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr

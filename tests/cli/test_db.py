"""``padstone db`` in a system with one table."""

import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from padstone.__main__ import main

from .conftest import Program, Ran, Tiny

MODELS = """\
from sqlalchemy.orm import DeclarativeBase, Mapped

from padstone.models import Identified, TableBase, Timestamped, new_metadata


class Base(DeclarativeBase, TableBase):
    metadata = new_metadata()


class Note(Base, Identified, Timestamped):
    __tablename__ = "notes"
    body: Mapped[str]
"""

FILES = {
    "app/models/__init__.py": MODELS,
    "alembic/versions/.keep": "",
    "alembic/env.py": (
        "from app.core.config import settings\n"
        "from padstone.migrations import run\n\n"
        'run(settings, "app.models")\n'
    ),
    "alembic/script.py.mako": (
        "<%! from padstone.migrations import render_revision %>${render_revision(context.kwargs)}\n"
    ),
    "alembic.ini": (
        "[alembic]\n"
        "script_location = %(here)s/alembic\n"
        "prepend_sys_path = %(here)s\n"
        "path_separator = os\n"
        "file_template = %%(year)d%%(month).2d%%(day).2d_%%(slug)s\n"
    ),
}

INDEX = '''\
"""index notes"""

from alembic import op

revision = "bbb"
down_revision = "{first}"


def upgrade():
    op.create_index("ix_notes_body", "notes", ["body"])


def downgrade():
    op.drop_index("ix_notes_body")
'''


TELLING = """
from app.models import Note
from padstone.models import needs_notify

needs_notify(Note.__table__, "notes_changed", "id", on=["body"])
"""


@pytest.fixture
def notes(tiny: Tiny, blank_database: str) -> Program:
    """The command in a system with a model and no migration, on an empty database."""
    program = tiny("DatabaseSettings", files=FILES)
    program.environment["DATABASE_URL"] = blank_database
    return program


@pytest.fixture
def call(
    notes: Program, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., Ran]]:
    """Calls the command in this process, since a whole cycle of processes takes long."""
    monkeypatch.chdir(notes.folder)
    monkeypatch.syspath_prepend(notes.folder)
    monkeypatch.setattr("padstone.log.configure", lambda **_: None)  # this process has its own
    monkeypatch.setenv("DATABASE_URL", notes.environment["DATABASE_URL"])

    def call(*args: str) -> Ran:
        monkeypatch.setattr("sys.argv", ["padstone", *args])
        return Ran(main(), *capsys.readouterr())

    yield call
    for name in [name for name in sys.modules if name.split(".")[0] == "app"]:
        del sys.modules[name]


def test_from_a_model_to_a_migrated_database_and_back(
    notes: Program, call: Callable[..., Ran]
) -> None:
    written = call("db", "revision", "-m", "create notes")
    assert written.status == 0
    assert re.fullmatch(r"/.*/alembic/versions/\d{8}_create_notes\.py\n", written.out)

    upgraded = call("db", "upgrade")
    assert (upgraded.status, upgraded.out) == (0, "")
    first = re.fullmatch(r"applied (\w+): create notes\n", upgraded.err).group(1)  # type: ignore[union-attr]
    index = notes.folder / "alembic" / "versions" / "index.py"
    index.write_text(INDEX.format(first=first))

    current = call("db", "current", "--json")
    assert json.loads(current.out) == {"current": first, "pending": ["bbb"]}
    assert "1 more to apply" in current.err

    listed = call("db", "history").out
    assert [line.split()[:2] for line in listed.splitlines()[1:]] == [
        [first, "applied"],
        ["bbb", "pending"],
    ]

    found = call("db", "lint")
    assert found.status == 1
    assert found.out.startswith(f"{index}: require-concurrent-index-creation: ")
    assert "# lint: allow require-concurrent-index-creation: the reason" in found.err

    table = call("db", "history", "--json")
    assert [(one["id"], one["applied"], one["head"]) for one in json.loads(table.out)] == [
        (first, True, False),
        ("bbb", False, True),
    ]

    assert call("db", "upgrade").status == 0
    checked = call("db", "check")
    assert (checked.status, checked.out.count("\n")) == (1, 1)
    assert "drop_index" in checked.out
    assert "padstone db revision" in checked.err
    assert call("db", "current") == Ran(0, "bbb  index notes\n", "")
    assert call("db", "revision", "--empty", "-m", "by hand").status == 0
    assert call("db", "upgrade", "+1").status == 0

    undone = call("db", "downgrade", "-2")
    assert undone.status == 0
    assert undone.err.endswith("undid bbb: index notes\n")
    index.unlink()


def test_nothing_is_written_when_nothing_is_to_do(call: Callable[..., Ran]) -> None:
    call("db", "revision", "-m", "create notes")
    call("db", "upgrade")
    assert call("db", "check") == Ran(0, "", "")
    nothing = call("db", "revision", "-m", "nothing")
    assert (nothing.status, nothing.out) == (0, "")
    assert "Nothing to write" in nothing.err
    assert call("db", "lint") == Ran(0, "", "")
    assert call("db", "downgrade", "base").status == 0
    assert call("db", "current").out == "none\n"


def test_the_application_says_what_its_tables_must_tell(
    notes: Program, call: Callable[..., Ran]
) -> None:
    main = notes.folder / "app" / "main.py"
    main.write_text(f"{main.read_text()}{TELLING}")
    wanted = "triggers.create_notify('notes', 'notes_changed', 'id', on=['body'])"
    assert wanted in call("db", "check").out
    written = call("db", "revision", "-m", "create notes")
    assert wanted in Path(written.out.strip()).read_text()
    call("db", "upgrade")
    assert call("db", "check") == Ran(0, "", "")


def test_check_prints_what_is_missing(call: Callable[..., Ran]) -> None:
    missing = call("db", "check", "--json")
    assert missing.status == 1
    assert [line[:22] for line in json.loads(missing.out)["missing"]] == [
        "op.create_table('notes",
        "triggers.create_touch(",
    ]


def test_reset_wants_the_name_of_a_given_database(
    call: Callable[..., Ran], blank_database: str
) -> None:
    name = blank_database.rpartition("/")[2]
    refused = call("db", "reset")
    assert refused.status == 1
    assert f"padstone db reset --confirm {name}" in refused.err
    assert call("db", "reset", "--confirm", name).status == 0


def test_the_shell_is_on_the_systems_database(notes: Program, blank_database: str) -> None:
    question = "SELECT current_database()"
    ran = notes("db", "shell", "--", "-Atc", question, env={"PGDATABASE": "nowhere"})
    assert (ran.status, ran.out) == (0, blank_database.rpartition("/")[2] + "\n")


def test_outside_a_system_it_says_where_to_go(program: Program) -> None:
    ran = program("db", "upgrade")
    assert ran.status == 2
    assert "is not a system's folder" in ran.err


def test_a_system_without_a_database_has_no_migrations(tiny: Tiny) -> None:
    ran = tiny()("db", "current")
    assert ran.status == 2
    assert ran.err == (
        "error: This system has no database: its Settings do not inherit DatabaseSettings.\n"
    )

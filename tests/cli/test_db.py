"""``padstone db`` as processes, in a system with one table."""

import json
import re

import pytest

from .conftest import Program, Tiny

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


@pytest.fixture
def notes(tiny: Tiny, blank_database: str) -> Program:
    """The command in a system with a model and no migration, on an empty database."""
    program = tiny("DatabaseSettings", files=FILES)
    program.environment["DATABASE_URL"] = blank_database
    return program


def test_from_a_model_to_a_migrated_database_and_back(notes: Program) -> None:
    written = notes("db", "revision", "-m", "create notes")
    assert written.status == 0
    assert re.fullmatch(r"/.*/alembic/versions/\d{8}_create_notes\.py\n", written.out)

    upgraded = notes("db", "upgrade")
    assert (upgraded.status, upgraded.out) == (0, "")
    first = re.fullmatch(r"applied (\w+): create notes\n", upgraded.err).group(1)  # type: ignore[union-attr]
    index = notes.folder / "alembic" / "versions" / "index.py"
    index.write_text(INDEX.format(first=first))

    current = notes("db", "current", "--json")
    assert json.loads(current.out) == {"current": first, "pending": ["bbb"]}
    assert "1 more to apply" in current.err

    listed = notes("db", "history").out
    assert [line.split()[:2] for line in listed.splitlines()[1:]] == [
        [first, "applied"],
        ["bbb", "pending"],
    ]

    found = notes("db", "lint")
    assert found.status == 1
    assert found.out.startswith(f"{index}: require-concurrent-index-creation: ")
    assert "# lint: allow require-concurrent-index-creation: the reason" in found.err

    undone = notes("db", "downgrade", "-1")
    assert (undone.status, undone.err) == (0, f"undid {first}: create notes\n")


def test_check_prints_what_is_missing(notes: Program) -> None:
    missing = notes("db", "check", "--json")
    assert missing.status == 1
    assert [line[:22] for line in json.loads(missing.out)["missing"]] == [
        "op.create_table('notes",
        "triggers.create_touch(",
    ]


def test_reset_wants_the_name_of_a_given_database(notes: Program, blank_database: str) -> None:
    name = blank_database.rpartition("/")[2]
    refused = notes("db", "reset")
    assert refused.status == 1
    assert f"padstone db reset --confirm {name}" in refused.err
    assert notes("db", "reset", "--confirm", name).status == 0


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

"""A tiny system in a temporary folder, whose package has a name of its own.

Systems call their package ``app``; here each test imports another one, so that they do not meet.
"""

import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from secrets import token_hex
from textwrap import dedent, indent

import asyncpg
import pytest
import pytest_asyncio

from padstone.settings import DatabaseSettings

ENV = """\
from {package}.core.config import settings
from padstone.migrations import run

run(settings, "{package}.models")
"""

TEMPLATE = """\
<%! from padstone.migrations import render_revision %>${render_revision(context.kwargs)}
"""

INI = """\
[alembic]
script_location = %(here)s/alembic
prepend_sys_path = %(here)s
path_separator = os
file_template = %%(year)d%%(month).2d%%(day).2d_%%(hour).2d%%(minute).2d_%%(slug)s
"""

CONFIG = """\
from typing import ClassVar

from padstone.settings import DatabaseSettings


class Settings(DatabaseSettings):
    SYSTEM: ClassVar[str] = "{package}"


settings = Settings()
"""

BASE = """\
from sqlalchemy.orm import DeclarativeBase

from padstone.models import TableBase, new_metadata


class Base(DeclarativeBase, TableBase):
    metadata = new_metadata()
"""

REVISION = '''\
"""{id}"""

import sqlalchemy as sa
from alembic import op

from padstone.migrations import triggers

revision = "{id}"
down_revision = {after!r}


def upgrade():
{upgrade}


def downgrade():
{downgrade}
'''


@dataclass(frozen=True)
class TinySystem:
    """The system's folder, and ways to fill it."""

    folder: Path
    package: str

    @property
    def versions(self) -> Path:
        return self.folder / "alembic" / "versions"

    def write(self, name: str, text: str) -> Path:
        """A file of the package, such as ``models/account.py``; ``{package}`` is filled in."""
        path = self.folder / self.package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).replace("{package}", self.package))
        return path

    def revise(
        self,
        id_: str,
        upgrade: str = "pass",
        downgrade: str = "pass",
        after: str | tuple[str, str] | None = None,
    ) -> Path:
        """A revision written by hand."""
        path = self.versions / f"{id_}.py"
        bodies = {
            "upgrade": indent(dedent(upgrade), "    "),
            "downgrade": indent(dedent(downgrade), "    "),
        }
        path.write_text(REVISION.format(id=id_, after=after, **bodies))
        return path

    def settings(self, url: str | None = None) -> DatabaseSettings:
        """The system's settings, with the database ``url``."""
        made: DatabaseSettings = import_module(f"{self.package}.core.config").Settings(
            DATABASE_URL=url
        )
        return made

    def forget(self) -> None:
        """Makes the next import of the package read its files again."""
        for name in [name for name in sys.modules if name.split(".")[0] == self.package]:
            del sys.modules[name]


def write_system(folder: Path, package: str) -> TinySystem:
    system = TinySystem(folder, package)
    system.versions.mkdir(parents=True)
    (folder / "alembic" / "env.py").write_text(ENV.format(package=package))
    (folder / "alembic" / "script.py.mako").write_text(TEMPLATE)
    (folder / "alembic.ini").write_text(INI)
    system.write("__init__.py", "")
    system.write("core/__init__.py", "")
    system.write("core/config.py", CONFIG)
    system.write("models/base.py", BASE)
    system.write("models/__init__.py", "from {package}.models.base import Base\n")
    return system


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TinySystem]:
    """A system without tables."""
    made = write_system(tmp_path / "tiny", f"tiny_{token_hex(4)}")
    monkeypatch.syspath_prepend(made.folder)
    yield made
    made.forget()


@pytest.fixture
def settings(system: TinySystem, blank_database: str) -> DatabaseSettings:
    """The settings of the tiny system, with an empty database."""
    return system.settings(blank_database)


@pytest_asyncio.fixture
async def psql(blank_database: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection of one's own to the same database."""
    connection = await asyncpg.connect(blank_database.replace("+asyncpg", ""))
    yield connection
    await connection.close()

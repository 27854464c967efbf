"""Commands run as real processes, or quicker in this one, in a system made for the test."""

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

import pytest
import pytest_asyncio

from padstone.__main__ import main
from padstone.testing.databases import DatabaseFactory
from padstone.testing.logs import logging_kept

CONFIG = """\
from typing import ClassVar

from padstone import settings as groups
from pydantic import Field


class Settings({bases}):
    SYSTEM: ClassVar[str] = "tiny"

    GREETING: str = Field("hello", description="What is said first.")


settings = Settings()
"""

MAIN = """\
from padstone import create_app

from app.core.config import settings

app = create_app(settings, title="Tiny", version="1.2.3", routers=[])
"""


@dataclass(frozen=True)
class Ran:
    """A process that has ended."""

    status: int
    out: str
    err: str


@dataclass
class Program:
    """Runs ``python -m padstone`` in a folder, with an environment built from scratch."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def command(self, *args: object) -> list[str]:
        return [sys.executable, "-m", "padstone", *map(str, args)]

    def whole_environment(self, more: Mapping[str, object] | None = None) -> dict[str, str]:
        # Coverage measures the commands too, by variables of its own.
        kept = {
            name: value
            for name, value in os.environ.items()
            if name in {"PATH", "HOME"} or name.startswith(("COV", "PADSTONE_TEST_"))
        }
        own = {**self.environment, **{name: str(value) for name, value in (more or {}).items()}}
        return {**kept, "ENVIRONMENT": "test", **own}

    def __call__(
        self, *args: object, stdin: str | None = None, env: Mapping[str, object] | None = None
    ) -> Ran:
        done = subprocess.run(
            self.command(*args),
            cwd=self.folder,
            env=self.whole_environment(env),
            input=stdin if stdin is not None else "",
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def inside(self, *args: object, env: Mapping[str, object] | None = None) -> Ran:
        """The same in this process, for the many cases: a new process imports for two seconds."""
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
        with (
            patch.dict(os.environ, self.whole_environment(env), clear=True),
            patch.multiple(sys, argv=["padstone", *map(str, args)], path=list(sys.path)),
            patch.multiple(sys, stdout=out, stderr=err),
            contextlib.chdir(self.folder),
            logging_kept(),
            ThreadPoolExecutor(1) as thread,  # a command runs an event loop of its own
        ):
            _forget_app()
            status = thread.submit(main).result()
        _forget_app()
        out.seek(0)
        err.seek(0)
        return Ran(status, out.read(), err.read())


def _forget_app() -> None:
    for name in [name for name in sys.modules if name == "app" or name.startswith("app.")]:
        del sys.modules[name]


MODELS = """\
from uuid import UUID

from padstone.auth import ApiKeyColumns
from padstone.models import Identified, TableBase, Timestamped, new_metadata
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(TableBase, DeclarativeBase):
    metadata = new_metadata()


class Account(Identified, Timestamped, Base):
    __tablename__ = "accounts"
    email: Mapped[str] = mapped_column(unique=True)


class ApiKey(Identified, ApiKeyColumns, Timestamped, Base):
    __tablename__ = "api_keys"
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
"""

REVISION = """\
from alembic import op
from app.models import Base

revision = "0001"
down_revision = None


def upgrade():
    Base.metadata.create_all(op.get_bind())


def downgrade():
    Base.metadata.drop_all(op.get_bind())
"""

SEED = """\
from sqlalchemy import select

from app.models import Account


async def seed(seeding):
    if seeding.settings.GREETING == "rows":
        await seeding.rows(Account, [{"email": f"{n}@example.com"} for n in range(3)], key="email")
        return
    known = await seeding.session.scalar(select(Account).where(Account.email == "demo@example.com"))
    if known is None:
        seeding.session.add(Account(email="demo@example.com"))
    seeding.say("found" if known else "made")
    if seeding.settings.GREETING != "silent":
        seeding.remember("demo word", lambda: "a secret")
    if seeding.settings.GREETING == "fail":
        await seeding.session.flush()
        raise RuntimeError("half way")
"""

KEYED_MAIN = """\
from padstone import create_app
from padstone.auth import ApiKeys
from sqlalchemy import select, true

from app.core.config import settings
from app.models import Account, ApiKey
from app.seed import seed


async def owner_for_email(session, email):
    found = await session.scalar(select(Account).where(Account.email == email))
    if found is None:
        found = Account(email=email)
        session.add(found)
        await session.flush()
    return found


app = create_app(
    settings,
    title="Keyed",
    version="1.2.3",
    routers=[],
    api_keys=ApiKeys(
        model=ApiKey,
        owner=Account,
        owner_column="account_id",
        is_active=true(),
        scopes=["read", "write", "pay"],
        default_scopes=["read", "write"],
        owner_for_email=owner_for_email,
    ),
    seed=seed,
)
"""

MIGRATED = {
    "alembic.ini": "[alembic]\nscript_location = %(here)s/alembic\npath_separator = os\n",
    "alembic/env.py": (
        "from app.core.config import settings\n"
        "from padstone.migrations import run\n\n"
        'run(settings, "app.models")\n'
    ),
    "alembic/versions/0001.py": REVISION,
    "app/models/__init__.py": MODELS,
}


def config(*groups: str) -> str:
    """The text of a system's ``config.py`` that inherits these groups of settings."""
    bases = ", ".join(f"groups.{group}" for group in groups or ["Settings"])
    return CONFIG.format(bases=bases)


Tiny = Callable[..., Program]


def write_system(folder: Path, files: Mapping[str, str] | None = None) -> Path:
    contents = {
        "app/__init__.py": "",
        "app/core/__init__.py": "",
        "app/core/config.py": config(),
        "app/models/__init__.py": "",
        "app/main.py": MAIN,
        **(files or {}),
    }
    for name, text in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The command in an empty folder."""
    return Program(tmp_path)


@pytest.fixture
def tiny(tmp_path: Path) -> Tiny:
    """Makes a system: ``tiny(*groups of settings, files)``, and the command in its folder."""

    def make(*groups: str, files: Mapping[str, str] | None = None) -> Program:
        own = {"app/core/config.py": config(*groups), **(files or {})}
        return Program(write_system(tmp_path / "tiny", own))

    return make


KEYED = {**MIGRATED, "app/main.py": KEYED_MAIN, "app/seed.py": SEED}


@pytest.fixture
def keyed(tiny: Tiny) -> Program:
    """A system with a database, a migration, API keys and first data."""
    return tiny("DatabaseSettings", files=KEYED)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def keyed_template(
    database_factory: DatabaseFactory, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """A database that ``padstone db upgrade`` has brought to the head of that system, once."""
    own = {"app/core/config.py": config("DatabaseSettings"), **KEYED}
    program = Program(write_system(tmp_path_factory.mktemp("keyed"), own))

    def migrate(url: str) -> None:
        ran = program("db", "upgrade", env={"DATABASE_URL": url})
        assert ran.status == 0, ran.err

    return await database_factory.template("cli_keyed", program.folder, migrate)


@pytest_asyncio.fixture
async def migrated(
    keyed: Program, keyed_template: str, database_factory: DatabaseFactory
) -> AsyncIterator[Program]:
    """The same, on a database of its own that is given by URL and at head."""
    async with database_factory.clone(keyed_template) as url:
        keyed.environment["DATABASE_URL"] = url
        yield keyed

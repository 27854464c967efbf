"""A system's revisions as they lie in its folder, and those that its database has."""

import asyncio
import sys
import traceback
from argparse import Namespace
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from padstone.db import Database
from padstone.errors import UnavailableError
from padstone.migrations.connection import with_database
from padstone.migrations.errors import MigrationError
from padstone.settings import DatabaseSettings, Settings

__all__ = [
    "Revision",
    "configuration",
    "current",
    "folder_of",
    "history",
    "pending",
    "script_directory",
    "unknown_revision",
    "up_to_date",
]


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision of a system. ``is_applied`` says whether its database has it."""

    id: str
    message: str
    path: Path
    is_applied: bool
    is_head: bool


def folder_of(settings: Settings) -> Path:
    """The folder of the system whose settings these are: the one with its ``alembic.ini``.

    It is looked for upward from the module that defines the settings' class. Raises
    ``MigrationError`` where there is none.
    """
    module = sys.modules[type(settings).__module__]
    file = Path(module.__file__ or ".").resolve()
    for folder in file.parents:
        if (folder / "alembic.ini").is_file():
            return folder
    raise MigrationError(
        f"There is no alembic.ini above {file}, where {type(settings).__name__} is defined. "
        "A system has its settings in app/core/config.py, and alembic.ini beside app."
    )


def configuration(settings: Settings, **attributes: Any) -> Config:
    """Alembic's configuration of the system; ``attributes`` are for its ``env.py``."""
    config = Config(
        folder_of(settings) / "alembic.ini",
        attributes={"settings": settings, **attributes},
        # Alembic reports on standard output, which belongs to the answer of a command.
        cmd_opts=Namespace(quiet=True),
    )
    # The settings were imported from there, so the path is known and need not grow each time.
    config.set_main_option("prepend_sys_path", "")
    return config


def script_directory(settings: Settings) -> ScriptDirectory:
    """The system's revisions.

    Raises ``MigrationError`` where one cannot be read and where two claim to be the last.
    """
    scripts = ScriptDirectory.from_config(configuration(settings))
    try:
        heads = [scripts.get_revision(head) for head in scripts.get_heads()]
    except Exception as error:
        raise MigrationError(_unreadable(error)) from error
    if len(heads) > 1:
        listed = " and ".join(f"{head.revision} ({head.path})" for head in heads)
        raise MigrationError(
            f"More than one revision is the last: {listed}. "
            "Set down_revision of the one that was not released yet to the other's id; "
            'if both were released, join them: alembic merge heads -m "merge"'
        )
    return scripts


def _unreadable(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).parent.name == "versions"]
    where = f"{own[-1].filename}, line {own[-1].lineno}: " if own else ""
    return f"A revision cannot be read: {where}{type(error).__name__}: {error}"


def unknown_revision(*ids: str) -> str:
    """What to tell somebody about a revision that is not in the folder."""
    return (
        f"There is no revision {', '.join(ids)} in alembic/versions. If the database is at it, "
        "other code has migrated it: fetch that code, or, in development, empty the database: "
        "padstone db reset"
    )


async def pending(engine: AsyncEngine, settings: Settings) -> list[str]:
    """The ids of the revisions that the database lacks, in the order in which they apply.

    It reads the folder in a thread and asks two small queries. A database that is ahead, because
    newer code has migrated it, lacks nothing.
    """
    scripts = await asyncio.to_thread(script_directory, settings)
    heads = await _heads(engine)
    try:
        found = _compare(scripts, heads)
    except MigrationError:
        return []
    return [revision.id for revision in found if not revision.is_applied]


def up_to_date(database: Database, settings: Settings) -> Callable[[], Awaitable[None]]:
    """A check for ``HealthMonitor``: it fails while the database lacks revisions."""
    applied = False

    async def check() -> None:
        nonlocal applied
        if applied:  # a running process does not lose a migration
            return
        lacking = await pending(database.engine, settings)
        if lacking:
            raise UnavailableError(f"{len(lacking)} migrations wait: run `padstone db upgrade`.")
        applied = True

    return check


def history(settings: DatabaseSettings) -> list[Revision]:
    """All revisions, the first one first, and whether the database has them.

    Raises ``MigrationError`` for a database at a revision that is not in the folder.
    """

    async def ask(database: Database) -> tuple[str, ...]:
        return await _heads(database.engine)

    return _compare(script_directory(settings), with_database(settings, ask))


def current(settings: DatabaseSettings) -> Revision | None:
    """The last revision that the database has; ``None`` where it has none."""
    return next((found for found in reversed(history(settings)) if found.is_applied), None)


async def _heads(engine: AsyncEngine) -> tuple[str, ...]:
    async with engine.connect() as connection:
        exists = await connection.scalar(text("SELECT to_regclass('alembic_version') IS NOT NULL"))
        if not exists:
            return ()
        return tuple(await connection.scalars(text("SELECT version_num FROM alembic_version")))


def _compare(scripts: ScriptDirectory, heads: tuple[str, ...]) -> list[Revision]:
    try:
        applied = set(scripts.iterate_revisions(heads, "base")) if heads else set()
    except RevisionError as error:
        raise MigrationError(unknown_revision(*heads)) from error
    return [
        Revision(
            id=script.revision,
            message=script.doc,
            path=Path(script.path),
            is_applied=script in applied,
            is_head=script.is_head,
        )
        for script in reversed(list(scripts.walk_revisions()))
    ]

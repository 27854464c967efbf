"""The migration of a new resource, written by the project's own Alembic."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from padstone.cli.failures import UsageError
from padstone.cli.output import progress
from padstone.errors import PadstoneError

if TYPE_CHECKING:
    from padstone.settings import DatabaseSettings

__all__ = ["ready", "write_migration"]


class NotMigratedError(PadstoneError):
    """The project's own command has not written the migration."""

    code = "migration_not_written"
    detail = "The migration could not be written."


@contextmanager
def ready(settings: "DatabaseSettings") -> Iterator[Callable[[Path, str], str]]:
    """Within the block the database is at head and agrees with the models.

    Raises ``UsageError`` where it does not agree, since what is missing would be written into the
    migration of the new resource.
    """
    from padstone import backing, migrations

    with backing.attach(settings, progress=progress) as attached:
        complete = attached.settings
        if "database" in attached.embedded:
            migrations.upgrade(complete, say=progress)
        if missing := migrations.check(complete):
            raise UsageError(
                "The models have changes that no migration has yet: "
                + "; ".join(missing)
                + "\nWrite that one first: padstone db revision -m 'what it does'"
            )
        url = complete.DATABASE_URL or ""

        def write(folder: Path, message: str) -> str:
            return write_migration(folder, message, url)

        yield write


def write_migration(folder: Path, message: str, database_url: str) -> str:
    """The path of a new revision, written by a new process, which knows the new model."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "padstone", "db", "revision", "-m", message],
        cwd=folder,
        env=os.environ | {"DATABASE_URL": database_url},
        capture_output=True,
        text=True,
        check=False,
    )
    file = done.stdout.strip()
    if done.returncode or not file:
        reason = done.stderr.strip() or "it printed no file"
        raise NotMigratedError(f"The migration could not be written: {reason}")
    return Path(file).relative_to(folder).as_posix()

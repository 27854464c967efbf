"""What a system's ``alembic/env.py`` runs.

The lock time-out
-----------------
A statement that changes a table waits until nobody uses the table, and everybody who comes later
waits behind it. So each transaction of a migration gives up waiting after a tenth of a second, lets
the others pass, and is tried again for a minute. A revision that needs another limit begins with
``op.execute("SET LOCAL lock_timeout = '2s'")``. Outside a transaction (``autocommit_block``) there
is no limit: CREATE INDEX CONCURRENTLY waits for others without holding them up.
"""

import random
import sys
import time
import traceback
from pathlib import Path
from typing import Any, cast

from alembic import context
from alembic.operations.ops import MigrationScript
from alembic.runtime.migration import MigrationContext, MigrationInfo
from alembic.script import Script
from sqlalchemy import Connection, MetaData, event
from sqlalchemy.exc import DBAPIError

from padstone.db import Database, sqlstate_of
from padstone.errors import PadstoneError
from padstone.migrations.autogenerate import (
    PLUGINS,
    as_stored,
    drop_types_with_tables,
    forget_if_empty,
)
from padstone.migrations.connection import Say, turn, with_database
from padstone.migrations.errors import MigrationError
from padstone.migrations.metadata import load_metadata
from padstone.settings import DatabaseSettings, JobSettings

__all__ = ["run"]

_LOCK_TIMEOUT_MS = 100
_LOCK_PATIENCE_SECONDS = 60.0
_LOCK_NOT_AVAILABLE = "55P03"


def run(settings: DatabaseSettings, models: str) -> None:
    """Does what Alembic was asked for, on the database of ``settings``.

    ``models`` is the package whose ``Base`` has all tables, usually "app.models". The settings of a
    caller who used ``padstone.migrations.upgrade`` and its like go before ``settings``. Raises
    ``MigrationError``.
    """
    chosen: DatabaseSettings = context.config.attributes.get("settings", settings)
    try:
        metadata = load_metadata(models)
        if context.is_offline_mode():
            _write_sql(chosen, metadata)
        else:
            jobs = isinstance(chosen, JobSettings)
            with_database(chosen, lambda database: _migrate(database, metadata, jobs=jobs))
    except MigrationError:
        raise
    except PadstoneError as error:
        raise MigrationError(error.detail) from error


def _write_sql(settings: DatabaseSettings, metadata: MetaData) -> None:
    context.configure(
        url="postgresql+asyncpg://",
        target_metadata=metadata,
        literal_binds=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        # Whoever runs the script by hand cannot retry as we do, so the limit is the application's.
        context.execute(f"SET lock_timeout = {settings.DATABASE_LOCK_TIMEOUT_MS}")
        context.run_migrations()


async def _migrate(database: Database, metadata: MetaData, *, jobs: bool) -> None:
    say: Say = context.config.attributes.get("say", _to_stderr)
    async with turn(database, say), database.engine.connect() as connection:
        await connection.run_sync(_run_all, metadata, say, jobs=jobs)


def _run_all(connection: Connection, metadata: MetaData, say: Say, *, jobs: bool) -> None:
    event.listen(connection, "begin", _limit_lock_waits)
    applied: list[str] = []

    def note(ctx: Any, step: MigrationInfo, heads: Any, run_args: Any) -> None:  # noqa: ARG001
        applied.append(_sentence(step))
        say(applied[-1])

    context.configure(
        connection=connection,
        target_metadata=metadata,
        transaction_per_migration=True,
        compare_server_default=True,
        autogenerate_plugins=PLUGINS,
        render_item=as_stored,
        process_revision_directives=_improve,
        on_version_apply=note,
        padstone_jobs=jobs,
    )
    deadline = time.monotonic() + _LOCK_PATIENCE_SECONDS
    while True:
        try:
            with context.begin_transaction():
                context.run_migrations()
        except DBAPIError as error:
            if not _may_retry(error, deadline, applied):
                raise _explained(error) from error
            say("a table is in use; letting the others pass, then trying again")
            connection.rollback()
            time.sleep(random.uniform(0.1, 1.0))  # noqa: S311
        else:
            return


def _limit_lock_waits(connection: Connection) -> None:
    if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {_LOCK_TIMEOUT_MS}")


def _may_retry(error: DBAPIError, deadline: float, applied: list[str]) -> bool:
    if sqlstate_of(error) != _LOCK_NOT_AVAILABLE or time.monotonic() > deadline:
        return False
    # "+2" and "-1" are counted from where the database is now, which has moved.
    destination = str(context.get_context().opts.get("destination_rev"))
    return not applied or not set("+-") & set(destination)


def _explained(error: DBAPIError) -> MigrationError:
    cause = str(error.orig).rpartition(">: ")[2]  # before it stands the name of the driver's class
    where = _line_of_revision(error)
    if sqlstate_of(error) == _LOCK_NOT_AVAILABLE:
        return MigrationError(
            f"{where}a table it changes stayed in use for {_LOCK_PATIENCE_SECONDS:g} s. "
            "Look in pg_stat_activity for a transaction that stays open, end it, and try again."
        )
    return MigrationError(f"{where}PostgreSQL says: {cause}. This revision was undone.")


def _line_of_revision(error: DBAPIError) -> str:
    versions = Path(str(context.script.dir)) / "versions"
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if Path(frame.filename).parent == versions:
            return f"{frame.filename}, line {frame.lineno}: "
    return ""


def _sentence(step: MigrationInfo) -> str:
    revision = cast("Script", step.up_revision)
    return f"{'applied' if step.is_upgrade else 'undid'} {revision.revision}: {revision.doc}"


def _improve(migration: MigrationContext, revision: Any, scripts: list[MigrationScript]) -> None:
    for script in scripts:
        drop_types_with_tables(script, migration.opts["target_metadata"])
    if getattr(context.config.cmd_opts, "autogenerate", False):
        forget_if_empty(migration, revision, scripts)
        if not scripts:
            _to_stderr("nothing to write: the database and the models agree")


def _to_stderr(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")

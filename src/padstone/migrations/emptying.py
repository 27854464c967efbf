"""Emptying a database: for development, and never by mistake."""

from urllib.parse import unquote, urlsplit

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from padstone import backing
from padstone.db import Database, sqlstate_of
from padstone.migrations.commands import upgrade
from padstone.migrations.connection import Say, turn, with_database
from padstone.migrations.errors import MigrationError
from padstone.settings import DatabaseSettings

__all__ = ["reset"]

_OURS = text(
    "SELECT quote_ident(nspname) FROM pg_namespace "
    "WHERE nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%'"
)
# PostgreSQL's own owner and rights of the schema (since version 15).
_AS_NEW = (
    "CREATE SCHEMA public AUTHORIZATION pg_database_owner",
    "GRANT USAGE ON SCHEMA public TO PUBLIC",
)
_LOCK_TIMEOUT_MS = 2000
_LOCK_NOT_AVAILABLE = "55P03"


def reset(
    settings: DatabaseSettings, *, confirm: str | None = None, say: Say | None = None
) -> None:
    """Drops everything in the database, in every schema, and applies all migrations again.

    It raises ``MigrationError`` outside development and tests, and for a database that was given by
    URL unless ``confirm`` is that database's name.
    """
    if settings.ENVIRONMENT not in {"development", "test"}:
        raise MigrationError(
            f"A database is not emptied in ENVIRONMENT={settings.ENVIRONMENT}, only in development "
            "and test. Nothing was touched."
        )
    with backing.attach(settings) as attached:
        name = unquote(urlsplit(attached.settings.DATABASE_URL or "").path.strip("/"))
        if "database" not in attached.embedded and confirm != name:
            raise MigrationError(
                f"The database {name!r} was given by DATABASE_URL, so its loss must be confirmed "
                f"by its name: padstone db reset --confirm {name}. Nothing was touched."
            )
        with_database(attached.settings, _empty)
        upgrade(attached.settings, say=say)


async def _empty(database: Database) -> None:
    try:
        async with turn(database, _keep_silent), database.engine.begin() as connection:
            await connection.execute(text(f"SET LOCAL lock_timeout = {_LOCK_TIMEOUT_MS}"))
            for schema in (await connection.scalars(_OURS)).all():
                await connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
            for statement in _AS_NEW:
                await connection.execute(text(statement))
    except DBAPIError as error:
        if sqlstate_of(error) != _LOCK_NOT_AVAILABLE:
            raise
        raise MigrationError(
            "The database is in use. Stop what uses it and repeat this. Nothing was touched."
        ) from error


def _keep_silent(_: str) -> None:
    """What is waited for here ends soon."""

"""The tables of background jobs, as revisions make them.

They are pgqueuer's, in a schema of their own, and change with its releases. A revision must not: so
each state of the tables has a number and a text that stays (``job_tables_1.sql``), a revision names
the number, and ``padstone db revision`` writes it where the settings inherit ``JobSettings``::

    job_tables.upgrade(1)

The schema's comment holds the number, by which autogenerate sees what a database has.
"""

from pathlib import Path

from alembic import op
from sqlalchemy import Connection, text

__all__ = ["VERSION", "downgrade", "downgrade_sql", "installed", "upgrade", "upgrade_sql"]

VERSION = 1
"""The state that this release of the library works with."""

_END = "\n--------\n"
_COMMENT = "padstone.jobs "
_UNDO = {1: ("DROP SCHEMA pgqueuer CASCADE",)}


def upgrade(version: int) -> None:
    """In a revision: takes the tables to ``version`` from the one before; 1 makes them."""
    for statement in upgrade_sql(version):
        op.execute(statement)


def downgrade(version: int) -> None:
    """Undoes ``upgrade``."""
    for statement in downgrade_sql(version):
        op.execute(statement)


def upgrade_sql(version: int = VERSION) -> list[str]:
    """The statements of ``upgrade``, for tests that create tables without Alembic."""
    file = Path(__file__).with_name(f"job_tables_{version}.sql")
    statements = file.read_text(encoding="utf-8").strip().split(_END)
    return [*statements, _note(version)]


def downgrade_sql(version: int = VERSION) -> list[str]:
    """The statements of ``downgrade``."""
    return [*_UNDO[version], *([_note(version - 1)] if version > 1 else [])]


def installed(connection: Connection) -> int:
    """The version that the database has; 0 is none."""
    comment = connection.scalar(
        text(
            "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace "
            "WHERE nspname = 'pgqueuer'"
        )
    )
    return int(comment.removeprefix(_COMMENT)) if (comment or "").startswith(_COMMENT) else 0


def _note(version: int) -> str:
    return f"COMMENT ON SCHEMA pgqueuer IS '{_COMMENT}{version}'"

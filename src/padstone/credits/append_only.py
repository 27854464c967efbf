"""A table whose rows are only ever added: PostgreSQL itself refuses to change them.

A revision calls ``create_append_only("credit_entries")``. Erasing an account must still be
possible, its entries included: a transaction that has called ``permit_erasure`` may delete rows. It
may not change them, and nobody may empty the table.
"""

from alembic import op
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

__all__ = [
    "append_only_sql",
    "create_append_only",
    "drop_append_only",
    "drop_append_only_sql",
    "permit_erasure",
]

_SETTING = "padstone.erasing"

# All tables share it: it is made with the first trigger and goes with the last.
_FUNCTION = f"""\
CREATE OR REPLACE FUNCTION padstone_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND current_setting('{_SETTING}', true) = 'on' THEN RETURN OLD; END IF;
  RAISE EXCEPTION '% on % is refused: its rows are only ever added', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$"""

_DROP_FUNCTION = """\
DO $$ BEGIN DROP FUNCTION padstone_append_only();
EXCEPTION WHEN dependent_objects_still_exist THEN NULL; END $$"""


def create_append_only(table: str) -> None:
    """In a revision: from now on rows of ``table`` are only added."""
    for statement in append_only_sql(table):
        op.execute(statement)


def drop_append_only(table: str) -> None:
    """Undoes ``create_append_only``."""
    for statement in drop_append_only_sql(table):
        op.execute(statement)


def append_only_sql(table: str) -> list[str]:
    """The statements of ``create_append_only``, for tests that create tables without Alembic."""
    call = "EXECUTE FUNCTION padstone_append_only()"
    return [
        _FUNCTION,
        f'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON "{table}" FOR EACH ROW {call}',
        f'CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT {call}',
    ]


def drop_append_only_sql(table: str) -> list[str]:
    """The statements of ``drop_append_only``."""
    return [
        f'DROP TRIGGER append_only ON "{table}"',
        f'DROP TRIGGER append_only_whole ON "{table}"',
        _DROP_FUNCTION,
    ]


async def permit_erasure(session: AsyncSession) -> None:
    """Lets this transaction, and no other, delete rows of append-only tables."""
    await session.execute(select(func.set_config(_SETTING, "on", True)))  # noqa: FBT003

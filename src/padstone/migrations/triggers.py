"""Triggers that a revision creates, and the SQL behind them.

*touch* keeps ``updated_at`` and ``revision`` right after every kind of write: the ORM, bulk
statements, a person with a prompt. ``updated_at`` becomes the clock's time at the moment the row
is written (PostgreSQL's ``clock_timestamp()``): at that moment the row's lock is held, so that the
column never goes back, as it could with the time at which a transaction began. ``revision`` grows
by one. A statement that changes nothing touches nothing.

A table with a column whose type says ``is_rewritten`` (a sealed secret, which a new key seals
again) has a touch that stands still in a transaction that begins with ``REWRITING``: the row means
the same afterwards, so that nobody's ``ETag`` is outdated by it.

*notify* sends a notification when some columns of a row are written, or the row is deleted: for
caches that must forget it.

The functions named ``…_sql`` give the statements, in order, for tests that create tables without
Alembic; the others execute them in a revision. Each trigger calls a function that all tables
share. It is created with the first trigger and dropped with the last. Should its text ever have
to change, the new one gets a new name, since old revisions must go on doing what they did.
"""

from collections.abc import Sequence
from typing import NamedTuple

from alembic import op
from sqlalchemy import Computed, MetaData, Table

__all__ = [
    "REWRITING",
    "Touch",
    "create_notify",
    "create_touch",
    "drop_notify",
    "drop_notify_sql",
    "drop_touch",
    "drop_touch_sql",
    "notify_sql",
    "touch_arguments",
    "touch_sql",
    "triggers_sql",
]

TOUCHED = ("updated_at", "revision")

REWRITING = "SET LOCAL padstone.rewriting = 'on'"
"""Says that what the transaction writes is a new form of what stands there."""

_UNLESS_REWRITING = "current_setting('padstone.rewriting', true) IS DISTINCT FROM 'on'"

# The first argument names the columns to keep; a change of the columns in the others does not
# count. Rows are compared as they are stored (*=), since not every type has an equality.
_TOUCH = """\
CREATE OR REPLACE FUNCTION padstone_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_NARGS = 1 THEN
    IF NEW *= OLD THEN RETURN NEW; END IF;
  ELSIF to_jsonb(NEW) - TG_ARGV = to_jsonb(OLD) - TG_ARGV THEN
    RETURN NEW;
  END IF;
  IF TG_ARGV[0] LIKE 'updated_at%' THEN NEW.updated_at := clock_timestamp(); END IF;
  IF TG_ARGV[0] LIKE '%revision' THEN NEW.revision := OLD.revision + 1; END IF;
  RETURN NEW;
END $$"""

# The arguments are the channel and the column whose former value is sent.
_NOTIFY = """\
CREATE OR REPLACE FUNCTION padstone_notify() RETURNS trigger LANGUAGE plpgsql
SET bytea_output = 'hex' AS $$
DECLARE
  payload text := to_jsonb(OLD) ->> TG_ARGV[1];
BEGIN
  IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = TG_RELID AND attname = TG_ARGV[1]
             AND atttypid = 'bytea'::regtype) THEN
    payload := substr(payload, 3);
  END IF;
  PERFORM pg_notify(TG_ARGV[0], payload);
  RETURN NULL;
END $$"""

_CHANNEL_BYTES = 63


class Touch(NamedTuple):
    """What ``create_touch`` needs beside the table's name."""

    columns: tuple[str, ...]
    ignored: tuple[str, ...]
    rewritten: bool = False


def create_touch(
    table: str,
    *,
    columns: Sequence[str] = TOUCHED,
    ignore: Sequence[str] = (),
    rewritten: bool = False,
) -> None:
    """Keeps ``columns`` ("updated_at", "revision" or both) of ``table``, which must exist there.

    A change of the columns in ``ignore`` alone does not count. Generated columns belong there: a
    trigger runs before they are computed and would take every write for a change. With
    ``rewritten`` nothing counts in a transaction that begins with ``REWRITING``.
    """
    _execute(touch_sql(table, columns=columns, ignore=ignore, rewritten=rewritten))


def drop_touch(table: str) -> None:
    """Undoes ``create_touch``."""
    _execute(drop_touch_sql(table))


def create_notify(table: str, channel: str, column: str, *, on: Sequence[str]) -> None:
    """Notifies ``channel`` when a column of ``on`` is written in ``table``, or a row is deleted.

    The payload is the former value of ``column``: the hexadecimal digits of a bytea, otherwise the
    text that JSON would show. PostgreSQL delivers it on commit. Raises ``ValueError`` for a channel
    that PostgreSQL would refuse at run time.
    """
    _execute(notify_sql(table, channel, column, on=on))


def drop_notify(table: str, channel: str) -> None:
    """Undoes ``create_notify``."""
    _execute(drop_notify_sql(table, channel))


def touch_sql(
    table: str,
    *,
    columns: Sequence[str] = TOUCHED,
    ignore: Sequence[str] = (),
    rewritten: bool = False,
) -> list[str]:
    """The statements of ``create_touch``."""
    if not columns or set(columns) - set(TOUCHED):
        raise ValueError(f"columns must be some of {', '.join(TOUCHED)}, not {columns!r}")
    kept = ",".join(column for column in TOUCHED if column in columns)
    arguments = ", ".join(_literal(text) for text in (kept, *ignore))
    unless = f"WHEN ({_UNLESS_REWRITING}) " if rewritten else ""
    trigger = (
        f"CREATE TRIGGER touch BEFORE UPDATE ON {_name(table)} "
        f"FOR EACH ROW {unless}EXECUTE FUNCTION padstone_touch({arguments})"
    )
    return [_TOUCH, trigger]


def drop_touch_sql(table: str) -> list[str]:
    """The statements of ``drop_touch``."""
    return [f"DROP TRIGGER touch ON {_name(table)}", _drop_unused("padstone_touch")]


def notify_sql(table: str, channel: str, column: str, *, on: Sequence[str]) -> list[str]:
    """The statements of ``create_notify``."""
    if not 0 < len(channel.encode()) <= _CHANNEL_BYTES:
        raise ValueError(f"a channel's name has 1 to {_CHANNEL_BYTES} bytes")
    # Whoever reads no column of the row at all needs to hear of its end alone.
    update = f"UPDATE OF {', '.join(map(_name, on))} OR " if on else ""
    trigger = (
        f"CREATE TRIGGER {_name(f'notify_{channel}')} AFTER {update}DELETE "
        f"ON {_name(table)} FOR EACH ROW "
        f"EXECUTE FUNCTION padstone_notify({_literal(channel)}, {_literal(column)})"
    )
    return [_NOTIFY, trigger]


def drop_notify_sql(table: str, channel: str) -> list[str]:
    """The statements of ``drop_notify``."""
    trigger = _name(f"notify_{channel}")
    return [f"DROP TRIGGER {trigger} ON {_name(table)}", _drop_unused("padstone_notify")]


def triggers_sql(metadata: MetaData) -> list[str]:
    """The touch triggers of all tables of ``metadata``, for tests that use ``create_all``."""
    return [
        statement
        for table in metadata.sorted_tables
        if (touch := touch_arguments(table)) is not None
        for statement in touch_sql(
            table.name, columns=touch.columns, ignore=touch.ignored, rewritten=touch.rewritten
        )
    ]


def touch_arguments(table: Table) -> Touch | None:
    """What ``create_touch`` needs for ``table``: columns and ignored ones; ``None`` for no trigger.

    Kept are columns named ``updated_at`` and ``revision`` that say ``server_onupdate``. Ignored are
    generated columns, and those that say ``info={"touch": False}``. ``rewritten`` is for a table
    that has a column whose type says ``is_rewritten``.
    """
    columns = tuple(
        name for name in TOUCHED if name in table.c and table.c[name].server_onupdate is not None
    )
    ignored = tuple(
        sorted(
            column.name
            for column in table.c
            if isinstance(column.server_default, Computed) or column.info.get("touch") is False
        )
    )
    rewritten = any(getattr(column.type, "is_rewritten", False) for column in table.c)
    return Touch(columns, ignored, rewritten) if columns else None


def _execute(statements: Sequence[str]) -> None:
    for statement in statements:
        op.execute(statement)


def _drop_unused(function: str) -> str:
    # PostgreSQL knows which triggers are left; whoever drops the last one takes the function along.
    return (
        f"DO $$ BEGIN DROP FUNCTION {function}(); "
        "EXCEPTION WHEN dependent_objects_still_exist THEN NULL; END $$"
    )


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"

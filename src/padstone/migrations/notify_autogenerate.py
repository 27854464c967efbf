"""What autogenerate knows of tables that tell of changes: which triggers they lack.

Which they need is said by what remembers their rows, in a room above the tables; see
``padstone.models.notify``. Where the application was not imported nobody has said so, and a trigger
that nobody asks for may be a system's own. So triggers are added here, and never taken away.
"""

from typing import Any

from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import MigrateOperation, ModifyTableOps
from alembic.runtime.plugins import Plugin
from alembic.util import PriorityDispatchResult
from sqlalchemy import Connection, Table, text

from padstone.models.notify import Notify, notify_arguments

__all__ = ["PLUGIN", "CreateNotifyOp", "DropNotifyOp"]

PLUGIN = "padstone.notify"
"""By which Alembic calls the comparison below."""

_INSTALLED = text("""\
SELECT tgargs, array_remove(array_agg(attname::text ORDER BY attname), NULL) AS columns
FROM pg_trigger LEFT JOIN pg_attribute ON attrelid = tgrelid AND attnum = ANY (tgattr::int2[])
WHERE tgrelid = to_regclass(quote_ident(:table)) AND tgname = :name
GROUP BY tgargs
""")


class _NotifyOp(MigrateOperation):
    def __init__(self, table: str, notify: Notify) -> None:
        self.table = table
        self.notify = notify


class CreateNotifyOp(_NotifyOp):
    """A trigger that something calls for and the database lacks."""

    def reverse(self) -> "DropNotifyOp":
        return DropNotifyOp(self.table, self.notify)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        return ("create_notify", self.table, *self.notify)


class DropNotifyOp(_NotifyOp):
    """A trigger in the database that tells of too little."""

    def reverse(self) -> CreateNotifyOp:
        return CreateNotifyOp(self.table, self.notify)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        return ("drop_notify", self.table, self.notify.channel)


@renderers.dispatch_for(CreateNotifyOp)
def _render_create(context: AutogenContext, operation: CreateNotifyOp) -> str:
    context.imports.add("from padstone.migrations import triggers")
    channel, column, on = operation.notify
    return f"triggers.create_notify({operation.table!r}, {channel!r}, {column!r}, on={list(on)!r})"


@renderers.dispatch_for(DropNotifyOp)
def _render_drop(context: AutogenContext, operation: DropNotifyOp) -> str:
    context.imports.add("from padstone.migrations import triggers")
    return f"triggers.drop_notify({operation.table!r}, {operation.notify.channel!r})"


def _compare(  # the signature is Alembic's
    context: AutogenContext,
    operations: ModifyTableOps,
    _schema: str | None,
    name: str,
    in_database: Table | None,
    in_models: Table | None,
) -> PriorityDispatchResult:
    assert context.connection is not None  # noqa: S101  # comparing needs a database
    for wanted in notify_arguments(in_models) if in_models is not None else ():
        actual = None
        if in_database is not None:
            actual = _installed(context.connection, name, wanted.channel)
        if actual is None:
            operations.ops.append(CreateNotifyOp(name, wanted))
        elif actual.column != wanted.column or not set(wanted.on) <= set(actual.on):
            operations.ops += [DropNotifyOp(name, actual), CreateNotifyOp(name, wanted)]
    return PriorityDispatchResult.CONTINUE


def _installed(connection: Connection, table: str, channel: str) -> Notify | None:
    parameters = {"table": table, "name": f"notify_{channel}"}
    found = connection.execute(_INSTALLED, parameters).one_or_none()
    if found is None:
        return None
    _, column, *_ = bytes(found.tgargs).decode().split("\0")
    return Notify(channel, column, tuple(found.columns))


_plugin = Plugin(PLUGIN)
_plugin.add_autogenerate_comparator(_compare, "table")

"""What ``alembic revision --autogenerate`` and ``alembic check`` know beyond Alembic's own.

Touch triggers are compared like columns, and a type of PostgreSQL that came with a table goes with
it. The tables of jobs and the triggers that tell of changes have modules of their own.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Literal

from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import (
    DropTableOp,
    ExecuteSQLOp,
    MigrateOperation,
    MigrationScript,
    ModifyTableOps,
    OpContainer,
)
from alembic.runtime.migration import MigrationContext
from alembic.runtime.plugins import Plugin
from alembic.util import PriorityDispatchResult
from sqlalchemy import Column, Enum, MetaData, Table, TypeDecorator, text

from padstone.migrations import job_autogenerate, notify_autogenerate
from padstone.migrations.triggers import Touch, touch_arguments

__all__ = [
    "PLUGINS",
    "CreateTouchOp",
    "DropTouchOp",
    "as_stored",
    "drop_types_with_tables",
    "forget_if_empty",
]

PLUGINS = [
    "alembic.autogenerate.*",
    "alembic.ext.checkconstraint_byname",
    "padstone.touch",
    job_autogenerate.PLUGIN,
    notify_autogenerate.PLUGIN,
]
"""What compares the models with the database. Alembic leaves check constraints out by default."""


class _TouchOp(MigrateOperation):
    def __init__(self, table: str, arguments: Touch) -> None:
        self.table = table
        self.arguments = arguments


class CreateTouchOp(_TouchOp):
    """A touch trigger that the models call for and the database lacks."""

    def reverse(self) -> "DropTouchOp":
        return DropTouchOp(self.table, self.arguments)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        return ("create_touch", self.table, *self.arguments)


class DropTouchOp(_TouchOp):
    """A touch trigger in the database that the models do not call for, or not so."""

    def reverse(self) -> CreateTouchOp:
        return CreateTouchOp(self.table, self.arguments)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        return ("drop_touch", self.table)


@renderers.dispatch_for(CreateTouchOp)
def _render_create(context: AutogenContext, operation: CreateTouchOp) -> str:
    context.imports.add("from padstone.migrations import triggers")
    columns, ignored, rewritten = operation.arguments
    more = f", ignore={list(ignored)!r}" if ignored else ""
    more += ", rewritten=True" if rewritten else ""
    return f"triggers.create_touch({operation.table!r}, columns={list(columns)!r}{more})"


@renderers.dispatch_for(DropTouchOp)
def _render_drop(context: AutogenContext, operation: DropTouchOp) -> str:
    context.imports.add("from padstone.migrations import triggers")
    return f"triggers.drop_touch({operation.table!r})"


def _compare_touch(  # the signature is Alembic's
    context: AutogenContext,
    operations: ModifyTableOps,
    _schema: str | None,
    name: str,
    in_database: Table | None,
    in_models: Table | None,
) -> PriorityDispatchResult:
    actual = _actual(context, name) if in_database is not None else None
    expected = touch_arguments(in_models) if in_models is not None else None
    if actual != expected:
        if actual is not None:
            operations.ops.append(DropTouchOp(name, actual))
        if expected is not None:
            operations.ops.append(CreateTouchOp(name, expected))
    return PriorityDispatchResult.CONTINUE


def _actual(context: AutogenContext, table: str) -> Touch | None:
    assert context.connection is not None  # noqa: S101  # comparing needs a database
    found = context.connection.execute(
        text(
            "SELECT tgargs, tgqual IS NOT NULL FROM pg_trigger "
            "WHERE tgname = 'touch' AND NOT tgisinternal "
            "AND tgrelid = to_regclass(quote_ident(:table))"
        ),
        {"table": table},
    ).one_or_none()
    if found is None:
        return None
    arguments, rewritten = found
    columns, *ignored = bytes(arguments).decode().split("\0")[:-1]
    return Touch(tuple(columns.split(",")), tuple(ignored), rewritten)


_plugin = Plugin("padstone.touch")
_plugin.add_autogenerate_comparator(_compare_touch, "table")


def as_stored(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """A type of this library as the one that PostgreSQL knows, in a revision's text."""
    ours = isinstance(item, TypeDecorator) and type(item).__module__.startswith("padstone.")
    return f"sa.{item.impl_instance!r}" if kind == "type" and ours else False


def forget_if_empty(
    _context: MigrationContext, _revision: Any, scripts: list[MigrationScript]
) -> None:
    """Writes no revision that would do nothing."""
    if all(ops.is_empty() for script in scripts for ops in script.upgrade_ops_list):
        scripts.clear()


def drop_types_with_tables(script: MigrationScript, metadata: MetaData) -> None:
    """Adds what Alembic forgets: an enum that came with a table is dropped with it.

    Otherwise it stays, and whoever makes the table again fails on it.
    """
    kept = {name for table in metadata.tables.values() for name in _enums(table.columns)}
    for done in script.upgrade_ops_list:
        _drop_types(done, kept)
    for undone in script.downgrade_ops_list:
        _drop_types(undone, set())


def _drop_types(operations: OpContainer, kept: set[str]) -> None:
    dropped = {
        name
        for operation in operations.ops
        if isinstance(operation, DropTableOp)
        for name in _enums(operation.to_table().columns)
    }
    operations.ops.extend(ExecuteSQLOp(f'DROP TYPE "{name}"') for name in sorted(dropped - kept))


def _enums(columns: Iterable[Column[Any]]) -> Iterator[str]:
    for kind in (column.type for column in columns):
        if isinstance(kind, Enum) and kind.native_enum and kind.name:
            yield kind.name

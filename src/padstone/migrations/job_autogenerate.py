"""What autogenerate knows of the tables of background jobs: whether they are wanted and there."""

from typing import Any

from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import MigrateOperation, UpgradeOps
from alembic.runtime.plugins import Plugin
from alembic.util import PriorityDispatchResult

from padstone.migrations import job_tables

__all__ = ["PLUGIN", "DowngradeJobTablesOp", "UpgradeJobTablesOp"]

PLUGIN = "padstone.jobs"
"""By which Alembic calls the comparison below."""


class _JobTablesOp(MigrateOperation):
    def __init__(self, version: int) -> None:
        self.version = version


class UpgradeJobTablesOp(_JobTablesOp):
    """Tables that the settings call for and the database lacks."""

    def reverse(self) -> "DowngradeJobTablesOp":
        return DowngradeJobTablesOp(self.version)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        return ("upgrade_job_tables", self.version)


class DowngradeJobTablesOp(_JobTablesOp):
    """Tables in the database that the settings do not call for."""

    def reverse(self) -> UpgradeJobTablesOp:
        return UpgradeJobTablesOp(self.version)

    def to_diff_tuple(self) -> tuple[Any, ...]:
        return ("downgrade_job_tables", self.version)


@renderers.dispatch_for(UpgradeJobTablesOp)
def _render_upgrade(context: AutogenContext, operation: UpgradeJobTablesOp) -> str:
    context.imports.add("from padstone.migrations import job_tables")
    return f"job_tables.upgrade({operation.version})"


@renderers.dispatch_for(DowngradeJobTablesOp)
def _render_downgrade(context: AutogenContext, operation: DowngradeJobTablesOp) -> str:
    context.imports.add("from padstone.migrations import job_tables")
    return f"job_tables.downgrade({operation.version})"


def _compare(
    context: AutogenContext, operations: UpgradeOps, _schemas: set[str | None]
) -> PriorityDispatchResult:
    assert context.connection is not None  # noqa: S101  # comparing needs a database
    actual = job_tables.installed(context.connection)
    wanted = job_tables.VERSION if context.opts.get("padstone_jobs") else 0
    # A database that newer code has migrated is left alone.
    if actual < wanted:
        operations.ops.extend(UpgradeJobTablesOp(one) for one in range(actual + 1, wanted + 1))
    elif wanted == 0:
        operations.ops.extend(DowngradeJobTablesOp(one) for one in range(actual, 0, -1))
    return PriorityDispatchResult.CONTINUE


_plugin = Plugin(PLUGIN)
_plugin.add_autogenerate_comparator(_compare, "schema")

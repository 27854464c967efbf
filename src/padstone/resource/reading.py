"""Reading: which rows a caller may reach, and one of them."""

from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import ColumnElement, Select, inspect, select

from padstone.errors import NotFoundError
from padstone.models import INCLUDE_DELETED, SoftDeleted
from padstone.resource.call import Call
from padstone.resource.declaration import Declaration
from padstone.resource.finding import Kind, one_of
from padstone.resource.loading import loaders

if TYPE_CHECKING:
    from padstone.resource.resource import Resource

__all__ = [
    "find",
    "identity_of",
    "ids_of",
    "missing",
    "reachable",
    "reload",
    "require_parent",
]

Row = TypeVar("Row")


def reachable(resource: "Resource[Row]", call: Call) -> Select[Row]:
    """The rows that the caller may reach: its own, under the parents that the path names."""
    declared = resource.declaration
    statement = select(declared.model)
    if declared.owner is not None:
        statement = statement.where(getattr(declared.model, declared.owner) == call.subject)
    if declared.parent is not None:
        statement = statement.where(*_under_parent(declared, call))
    return resource.visible(statement, call)


def _under_parent(declared: Declaration, call: Call) -> list[ColumnElement[bool]]:
    assert declared.parent is not None  # noqa: S101  # the caller looked
    above = declared.parent.resource
    column = getattr(declared.model, declared.parent.column)
    conditions = [column.in_(ids_of(above, call))]
    given = call.path.get(above.declaration.id_parameter)
    if given is not None:
        conditions.append(column == given)  # an index finds it by this
    return conditions


def ids_of(resource: "Resource[Any]", call: Call) -> Select[Any]:
    """The ids of the living rows that the caller may reach, as a subquery."""
    declared = resource.declaration
    key = getattr(declared.model, declared.id_attribute)
    statement = reachable(resource, call).with_only_columns(key)
    given = call.path.get(declared.id_parameter)
    if given is not None:
        statement = statement.where(key == given)
    if issubclass(declared.model, SoftDeleted):
        # Said here too: a restore asks for deleted rows, not for those of deleted parents.
        statement = statement.where(declared.model.deleted_at.is_(None))
    return statement


async def find(
    resource: "Resource[Row]",
    call: Call,
    key: object,
    *,
    lock: bool = False,
    deleted: bool = False,
    load: bool = True,
) -> Row:
    """One row. Raises ``NotFoundError`` where it is missing or another's.

    ``lock`` keeps others from changing it until the transaction ends; ``load`` brings along what
    the read schema names.
    """
    declared = resource.declaration
    by_name = isinstance(key, str) and declared.get_by is not None
    kind = Kind(by_name, lock, deleted, load)
    known = resource.findings.of(call, key, kind)
    row: Row | None
    if known is None:
        row = await call.session.scalar(one_of(declared, reachable(resource, call), key, kind))
    else:
        row = await call.session.scalar(*known)
    if row is None:
        raise missing(declared)
    return row


def missing(declared: Declaration) -> NotFoundError:
    """The one answer for what is not there and for what is another's."""
    return NotFoundError(f"There is no such {declared.label}.")


def identity_of(row: Any) -> Any:
    """The primary key of a row that is stored."""
    (key,) = inspect(row).identity
    return key


async def reload(resource: "Resource[Row]", call: Call, row: Row) -> None:
    """Brings ``row`` up to date with all that the read schema names."""
    declared = resource.declaration
    model = declared.model
    statement = (
        select(model)
        .where(getattr(model, declared.id_attribute) == identity_of(row))
        .options(*loaders(model, declared.read))
        .execution_options(populate_existing=True)
    )
    if getattr(row, "deleted_at", None) is not None:
        statement = statement.execution_options(**INCLUDE_DELETED)
    await call.session.scalar(statement)


async def require_parent(resource: "Resource[Any]", call: Call) -> None:
    """Raises ``NotFoundError`` where the parent that the path names cannot be reached."""
    parent = resource.declaration.parent
    if parent is None or parent.resource.declaration.id_parameter not in call.path:
        return
    if await call.session.scalar(ids_of(parent.resource, call)) is None:
        raise missing(parent.resource.declaration)

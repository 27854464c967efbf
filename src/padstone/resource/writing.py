"""Writing: rows made, changed, deleted and restored, each with one statement."""

from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import AnyUrl, BaseModel
from sqlalchemy import delete, func, inspect, update
from sqlalchemy.orm.attributes import set_committed_value

from padstone.db.failures import AlreadyExistsError
from padstone.errors import PreconditionFailedError
from padstone.models import INCLUDE_DELETED
from padstone.resource.call import Call
from padstone.resource.declaration import Declaration
from padstone.resource.errors import RestoreConflictError
from padstone.resource.limits import require_storable
from padstone.resource.loading import names_relationships
from padstone.resource.merging import merged
from padstone.resource.reading import find, identity_of, reload
from padstone.resource.references import require_references
from padstone.resource.refusals import naming_fields
from padstone.resource.revisions import Revisions

if TYPE_CHECKING:
    from padstone.resource.resource import Resource

__all__ = [
    "create_row",
    "delete_row",
    "new_row",
    "restore_row",
    "revision_of",
    "update_row",
    "values_of",
    "with_parent",
]

Row = TypeVar("Row")


async def with_parent(resource: "Resource[Any]", call: Call) -> Call:
    """The call with its parent's row. Raises ``NotFoundError`` where it cannot be reached."""
    parent = resource.declaration.parent
    if parent is None or call.parent is not None:
        return call
    above = parent.resource.declaration
    if above.id_parameter not in call.path:
        raise TypeError(f"call.under({above.id_parameter}=…) says where a row is to be made.")
    row = await find(parent.resource, call, call.path[above.id_parameter], load=False)
    return call.below(row)


def new_row(resource: "Resource[Row]", call: Call, body: BaseModel) -> Row:
    """A row that belongs to the caller and to the parent, with the body's values."""
    declared = resource.declaration
    row: Row = declared.model(**values_of(declared, body))
    if declared.owner is not None:
        setattr(row, declared.owner, call.subject)
    if declared.parent is not None:
        key = declared.parent.resource.declaration.id_attribute
        setattr(row, declared.parent.column, getattr(call.parent, key))
    return row


async def create_row(resource: "Resource[Row]", call: Call, body: BaseModel) -> Row:
    """A new row. Raises ``ValidationError`` and ``ConflictError`` that name fields."""
    declared = resource.declaration
    call = await with_parent(resource, call)
    values = values_of(declared, body)
    require_storable(declared, values)
    await require_references(resource.references, call, values)
    row = new_row(resource, call, body)
    await resource.before_create(call, row, body)
    call.session.add(row)
    with naming_fields(declared):
        await call.session.flush()
    await resource.after_create(call, row)
    return await _complete(resource, call, row)


async def update_row(
    resource: "Resource[Row]",
    call: Call,
    key: object,
    body: BaseModel,
    if_match: Revisions | None = None,
) -> Row:
    """The row with the fields that ``body`` sets.

    Raises ``NotFoundError``, ``PreconditionFailedError`` where ``if_match`` does not name its
    revision, and ``ValidationError`` and ``ConflictError`` that name fields.
    """
    declared = resource.declaration
    row = await find(resource, call, key, lock=True, load=False)
    changes = values_of(declared, merged(declared, row, body))
    require_storable(declared, changes)
    await require_references(resource.references, call, changes)
    changes = await prepare_changes(resource, call, row, body, changes)
    if changes:
        await _write(resource, call, row, changes, if_match)
    elif if_match is not None:
        if_match.require(revision_of(row))
    await resource.after_update(call, row)
    return await _complete(resource, call, row)


async def prepare_changes(
    resource: "Resource[Row]", call: Call, row: Row, body: BaseModel, changes: dict[str, Any]
) -> dict[str, Any]:
    """What is to be written after the hook has seen it, and what it has set on the row itself."""
    unmapped = resource.declaration.unmapped
    extra = {name: getattr(body, name) for name in body.model_fields_set & unmapped}
    given = {**changes, **extra}
    await resource.before_update(call, row, given)
    return {**_taken_from(row), **{n: value for n, value in given.items() if n not in unmapped}}


def _taken_from(row: Any) -> dict[str, Any]:
    """The columns that were set on a row, which then is as it was: one statement writes them all.

    A statement of their own would count as a change by somebody else.
    """
    state = inspect(row)
    taken = {}
    for attribute in state.mapper.column_attrs:
        history = state.attrs[attribute.key].history
        if history.has_changes() and history.deleted:
            taken[attribute.key] = getattr(row, attribute.key)
            set_committed_value(row, attribute.key, history.deleted[0])
    return taken


async def delete_row(
    resource: "Resource[Any]", call: Call, key: object, if_match: Revisions | None = None
) -> None:
    """Deletes the row: where the model keeps deleted rows it stays, with the time."""
    declared = resource.declaration
    row = await find(resource, call, key, lock=True, load=False)
    await resource.before_delete(call, row)
    if declared.is_soft_deleted:
        await _write(resource, call, row, {"deleted_at": func.now()}, if_match)
    else:
        await call.session.flush()
        statement = _matching(delete(declared.model), declared, row, if_match)
        with naming_fields(declared):
            result = await call.session.execute(statement.returning(_key(declared)))
        if result.one_or_none() is None:
            raise PreconditionFailedError
    await resource.after_delete(call, row)


async def restore_row(
    resource: "Resource[Row]", call: Call, key: object, if_match: Revisions | None = None
) -> Row:
    """The row, living again; one that was not deleted stays as it is.

    Raises ``RestoreConflictError`` where a unique value has been taken meanwhile.
    """
    row: Any = await find(resource, call, key, lock=True, deleted=True, load=False)
    if row.deleted_at is not None:
        try:
            await _write(resource, call, row, {"deleted_at": None}, if_match)
        except AlreadyExistsError as error:
            raise RestoreConflictError(errors=error.errors) from error
    elif if_match is not None:
        if_match.require(revision_of(row))
    await resource.after_restore(call, row)
    return await _complete(resource, call, row)


def revision_of(row: Any) -> int:
    """The row's revision; 0 where its model has none."""
    return int(getattr(row, "revision", 0))


async def _write(
    resource: "Resource[Any]",
    call: Call,
    row: Any,
    changes: dict[str, Any],
    if_match: Revisions | None,
) -> None:
    declared = resource.declaration
    await call.session.flush()  # what a hook has changed beside
    statement = _matching(update(declared.model).values(changes), declared, row, if_match)
    statement = statement.returning(declared.model).execution_options(
        synchronize_session=False, populate_existing=True, **INCLUDE_DELETED
    )
    with naming_fields(declared):
        written = await call.session.scalar(statement)
    if written is None:
        # The row is locked, so it is there; it is its revision that is another.
        raise PreconditionFailedError


def _matching(statement: Any, declared: Declaration, row: Any, if_match: Revisions | None) -> Any:
    statement = statement.where(_key(declared) == identity_of(row))
    if if_match is not None and not if_match.any:
        statement = statement.where(declared.model.revision.in_(sorted(if_match.numbers)))
    return statement


def _key(declared: Declaration) -> Any:
    return getattr(declared.model, declared.id_attribute)


def values_of(declared: Declaration, body: BaseModel) -> dict[str, Any]:
    """What is to be stored: an update's fields that were sent, and a create's with its defaults."""
    is_update = declared.update is not None and isinstance(body, declared.update)
    names = body.model_fields_set if is_update else type(body).model_fields
    stored = set(names) - declared.unmapped
    values = {name: getattr(body, name) for name in stored}
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    # A column of JSON holds what JSON can hold.
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, AnyUrl):
        return str(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


async def _complete(resource: "Resource[Row]", call: Call, row: Row) -> Row:
    declared = resource.declaration
    if names_relationships(declared.model, declared.read):
        await call.session.flush()
        await reload(resource, call, row)
    return row

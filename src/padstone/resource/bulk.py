"""Many rows at once: each is validated by itself, and the report has a verdict for each."""

from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, TypeAdapter
from sqlalchemy import ARRAY, any_, literal, select, update
from sqlalchemy.exc import DBAPIError

from padstone.errors import (
    FieldError,
    PadstoneError,
    PreconditionFailedError,
    ValidationError,
)
from padstone.models import INCLUDE_DELETED
from padstone.resource.call import Call
from padstone.resource.declaration import Declaration
from padstone.resource.limits import require_storable
from padstone.resource.merging import merged
from padstone.resource.reading import identity_of, missing, reachable, require_parent
from padstone.resource.references import missing_references
from padstone.resource.refusals import refusal_of
from padstone.resource.uniqueness import taken
from padstone.resource.writing import (
    new_row,
    prepare_changes,
    revision_of,
    values_of,
    with_parent,
)
from padstone.transfer import (
    Outcome,
    Row,
    RowModel,
    RowStatus,
    Tally,
    TransferMode,
    TransferReport,
    import_rows,
)

if TYPE_CHECKING:
    from padstone.resource.resource import Resource

__all__ = ["Change", "create_many", "take_rows", "update_many"]

BATCH = 500


@dataclass(frozen=True, slots=True)
class Change:
    """One row's change: which row, what is to change, and the revision that was seen."""

    key: Any
    body: BaseModel
    revision: int | None = None


async def create_many(
    resource: "Resource[Any]", call: Call, rows: Sequence[Any], mode: TransferMode
) -> TransferReport:
    """A row for each body that can be used; the report has all of them, in their order."""
    tally = Tally(mode, most=len(rows), every_row=True)
    return await take_rows(resource, call, _numbered(rows), tally)


async def take_rows(
    resource: "Resource[Any]", call: Call, rows: AsyncIterable[Row], tally: Tally
) -> TransferReport:
    """The same for rows as they are read from a file."""
    schema = resource.declaration.create
    assert schema is not None  # noqa: S101  # the declaration was checked
    call = await with_parent(resource, call)

    async def write(bodies: Sequence[BaseModel]) -> Sequence[Outcome]:
        return await _named(resource, _create_batch(resource, call, bodies))

    check = RowModel(schema)
    return await import_rows(call.session, rows, check, write, tally=tally, batch_size=BATCH)


async def update_many(
    resource: "Resource[Any]", call: Call, rows: Sequence[Any], mode: TransferMode
) -> TransferReport:
    """Changes each row that is named, as far as it can be found and changed."""
    declared = resource.declaration
    schema = declared.update
    assert schema is not None  # noqa: S101  # the declaration was checked
    fields = RowModel(schema)
    revisions = TypeAdapter(int | None)
    seen = set()

    def check(row: Row) -> Change:
        values = dict(row.values)
        key = _single(declared.id_adapter, values.pop("id", None), "id")
        if key in seen:
            raise ValidationError(errors=[FieldError("id", "is named twice", "duplicate")])
        seen.add(key)
        revision = _single(revisions, values.pop("revision", None), "revision")
        return Change(key, fields(Row(row.number, row.line, values)), revision)

    async def write(changes: Sequence[Change]) -> Sequence[Outcome]:
        return await _named(resource, _update_batch(resource, call, changes))

    await require_parent(resource, call)
    tally = Tally(mode, most=len(rows), every_row=True)
    return await import_rows(
        call.session, _numbered(rows), check, write, tally=tally, batch_size=BATCH
    )


async def _numbered(rows: Sequence[Any]) -> AsyncIterator[Row]:
    for number, values in enumerate(rows, 1):
        if isinstance(values, Mapping):
            yield Row(number, number, dict(values))
        else:
            yield Row(number, number, errors=(FieldError("", "must be an object", "dict_type"),))


def _single(adapter: TypeAdapter[Any], value: Any, field: str) -> Any:
    try:
        return adapter.validate_python(value)
    except ValueError as error:
        message = "must name the row" if field == "id" else "must be the number of a revision"
        raise ValidationError(errors=[FieldError(field, message)]) from error


async def _named(
    resource: "Resource[Any]", writing: Awaitable[Sequence[Outcome]]
) -> Sequence[Outcome]:
    """The outcomes, or an error that names fields of the row."""
    try:
        return await writing
    except DBAPIError as error:
        known = refusal_of(resource.declaration, error)
        if known is None:
            raise
        known.errors = _of_row(known.errors)
        raise known from error


def _of_row(errors: Sequence[FieldError]) -> tuple[FieldError, ...]:
    """Errors of a body as errors of one row."""
    return tuple(
        FieldError(
            found.field.removeprefix("body.").removeprefix("body"), found.message, found.code
        )
        for found in errors
    )


def _failed(error: PadstoneError) -> Outcome:
    errors = error.errors or (FieldError("", error.detail, error.code),)
    return Outcome(RowStatus.FAILED, errors=_of_row(errors))


async def _create_batch(
    resource: "Resource[Any]", call: Call, bodies: Sequence[BaseModel]
) -> Sequence[Outcome]:
    values = [values_of(resource.declaration, body) for body in bodies]
    bad = await missing_references(resource.references, call, values)
    outcomes: dict[int, Outcome] = {
        place: Outcome(RowStatus.FAILED, errors=_of_row(errors)) for place, errors in bad.items()
    }
    rows: dict[int, Any] = {}
    for place, body in enumerate(bodies):
        if place in outcomes:
            continue
        try:
            require_storable(resource.declaration, values[place])
            row = new_row(resource, call, body)
            await resource.before_create(call, row, body)
        except PadstoneError as error:
            outcomes[place] = _failed(error)
        else:
            rows[place] = row
    for place, found in (await taken(call.session, resource.declaration, rows)).items():
        outcomes[place] = Outcome(RowStatus.FAILED, errors=found)
        del rows[place]
    call.session.add_all(rows.values())
    await call.session.flush()
    for place, row in rows.items():
        await resource.after_create(call, row)
        shown = resource.declaration.shown_id(identity_of(row))
        outcomes[place] = Outcome(RowStatus.CREATED, shown)
    return [outcomes[place] for place in range(len(bodies))]


async def _update_batch(
    resource: "Resource[Any]", call: Call, asked: Sequence[Change]
) -> Sequence[Outcome]:
    found = await _locked(resource, call, [change.key for change in asked])
    outcomes: dict[int, Outcome] = {}
    changes: dict[int, dict[str, Any]] = {}
    for place, change in enumerate(asked):
        try:
            changes[place] = _changes(resource.declaration, found.get(change.key), change)
        except PadstoneError as error:
            outcomes[place] = _failed(error)
    places = list(changes)
    bad = await missing_references(resource.references, call, [changes[place] for place in places])
    for number, errors in bad.items():
        outcomes[places[number]] = Outcome(RowStatus.FAILED, errors=_of_row(errors))
    for place in places:
        if place in outcomes:
            continue
        row, body = found[asked[place].key], asked[place].body
        try:
            changes[place] = await prepare_changes(resource, call, row, body, changes[place])
        except PadstoneError as error:
            outcomes[place] = _failed(error)
            continue
        status = RowStatus.UPDATED if changes[place] else RowStatus.UNCHANGED
        outcomes[place] = Outcome(status, resource.declaration.shown_id(asked[place].key))
    written = {
        asked[place].key: changes[place]
        for place in places
        if outcomes[place].status is RowStatus.UPDATED
    }
    await _write(resource, call, written)
    for key in written:
        await resource.after_update(call, found[key])
    return [outcomes[place] for place in range(len(asked))]


async def _locked(resource: "Resource[Any]", call: Call, keys: Sequence[Any]) -> dict[Any, Any]:
    """The rows that can be reached, by their keys, locked in one order for everybody."""
    statement = reachable(resource, call).where(_among(resource.declaration, keys))
    statement = statement.order_by(_key(resource.declaration))
    statement = statement.with_for_update(of=resource.declaration.model, key_share=True)
    rows = await call.session.scalars(statement.execution_options(populate_existing=True))
    return {identity_of(row): row for row in rows}


def _changes(declared: Declaration, row: Any, change: Change) -> dict[str, Any]:
    if row is None:
        raise missing(declared)
    if change.revision is not None and change.revision != revision_of(row):
        raise PreconditionFailedError
    changes = values_of(declared, merged(declared, row, change.body))
    require_storable(declared, changes)
    return changes


async def _write(resource: "Resource[Any]", call: Call, written: Mapping[Any, Any]) -> None:
    """One statement for all rows whose same fields change, and one to read them again."""
    if not written:
        return
    declared = resource.declaration
    groups: dict[frozenset[str], list[dict[str, Any]]] = {}
    for key, changes in written.items():
        values = {declared.id_attribute: key, **changes}
        groups.setdefault(frozenset(changes), []).append(values)
    await call.session.flush()  # what a hook has changed beside
    for values_of_group in groups.values():
        await call.session.execute(update(declared.model), values_of_group)
    again = select(declared.model).where(_among(declared, list(written)))
    await call.session.scalars(again.execution_options(populate_existing=True, **INCLUDE_DELETED))


def _among(declared: Declaration, keys: Sequence[Any]) -> Any:
    key = _key(declared)
    return key == any_(literal(list(keys), ARRAY(key.type)))


def _key(declared: Declaration) -> Any:
    return getattr(declared.model, declared.id_attribute)

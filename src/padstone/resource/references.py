"""Foreign keys in bodies: what they point to must be there, living, and the caller's to use."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, Column, Select, any_, literal, select
from sqlalchemy.orm import Mapper

from padstone.errors import FieldError, ValidationError
from padstone.models import SoftDeleted
from padstone.resource.call import Call
from padstone.resource.columns import columns_of
from padstone.resource.declaration import Declaration, Shared
from padstone.resource.reading import ids_of

if TYPE_CHECKING:
    from padstone.resource.resource import Resource

__all__ = ["Reference", "missing_references", "references_of", "require_references"]


@dataclass(frozen=True, slots=True)
class Reference:
    """A body's field that points to a row of ``target``, by the target's attribute ``key``.

    The row is reached through ``resource`` where there is one, or by ``owner``, the target's column
    that holds the caller. A target without either is everybody's.
    """

    field: str
    target: type[Any]
    key: str
    owner: str | None = None
    resource: "Resource[Any] | None" = None
    is_unclear: bool = False

    @property
    def is_checked(self) -> bool:
        """Whether the foreign key's own constraint would not do."""
        return (
            self.resource is not None
            or self.owner is not None
            or issubclass(self.target, SoftDeleted)
        )

    def usable(self, call: Call, values: Sequence[Any]) -> Select[Any]:
        """Those of ``values`` that the caller may point to."""
        key = getattr(self.target, self.key)
        wanted = key == any_(literal(list(values), ARRAY(key.type)))
        if self.resource is not None:
            # Wherever it is among the caller's own: the path tells of the row, not of its target.
            return ids_of(self.resource, replace(call, path={})).where(wanted)
        statement = select(key).where(wanted)
        if self.owner is not None:
            statement = statement.where(getattr(self.target, self.owner) == call.subject)
        return statement  # deleted rows are hidden, as from every query


def references_of(declared: Declaration) -> Iterator[Reference]:
    """The references that bodies may hold."""
    columns = columns_of(declared.model)
    for field in sorted(declared.body_columns & set(columns)):
        for foreign in columns[field].foreign_keys:
            found = _mapper_of_table(declared, foreign.column.table)
            if found is not None:
                yield _reference(declared, field, found, foreign.column)


def _reference(declared: Declaration, field: str, target: Mapper[Any], column: Any) -> Reference:
    key = target.get_property_by_column(column).key
    given = declared.references.get(field)
    if isinstance(given, Shared):
        return Reference(field, target.class_, key)
    if given is not None:
        return Reference(field, target.class_, key, resource=given)
    owned = (level for level in (declared, *reversed(declared.parents)) if level.owner is not None)
    level = next(owned, None)  # the row itself, or the nearest one above that is somebody's
    if level is None or level.owner is None:
        return Reference(field, target.class_, key)
    if level.owner in columns_of(target.class_):
        return Reference(field, target.class_, key, owner=level.owner)
    owner = columns_of(level.model)[level.owner]
    return Reference(field, target.class_, key, is_unclear=_leads_to_owner(owner, target))


def _mapper_of_table(declared: Declaration, table: Any) -> Mapper[Any] | None:
    registry = declared.model.registry
    return next((found for found in registry.mappers if found.local_table is table), None)


def _leads_to_owner(owner: Column[Any], target: Mapper[Any]) -> bool:
    """Whether the target is who owns, or belongs to something that is owned."""
    owners = {foreign.column.table for foreign in owner.foreign_keys}
    if target.local_table in owners:
        return True
    required = [column for column in columns_of(target.class_).values() if not column.nullable]
    above = {foreign.column.table for column in required for foreign in column.foreign_keys}
    return any(owner.name in table.c for table in above - {target.local_table})


async def require_references(
    references: Sequence[Reference], call: Call, values: Mapping[str, Any]
) -> None:
    """Raises ``ValidationError`` that names each field which points to nothing usable."""
    errors = (await missing_references(references, call, [values])).get(0, [])
    if errors:
        raise ValidationError(errors=errors)


async def missing_references(
    references: Sequence[Reference], call: Call, rows: Sequence[Mapping[str, Any]]
) -> dict[int, list[FieldError]]:
    """For each row that points to nothing usable its errors, with one statement for each field."""
    errors: dict[int, list[FieldError]] = {}
    for reference in references:
        asked = {row[reference.field] for row in rows if row.get(reference.field) is not None}
        if not reference.is_checked or not asked:
            continue
        statement = reference.usable(call, sorted(asked, key=str))
        if issubclass(reference.target, SoftDeleted):
            # Until this transaction ends nobody deletes it.
            statement = statement.with_for_update(read=True, of=reference.target)
        usable = set(await call.session.scalars(statement))
        for place, row in enumerate(rows):
            value = row.get(reference.field)
            if value is not None and value not in usable:
                errors.setdefault(place, []).append(_missing(reference.field))
    return errors


def _missing(field: str) -> FieldError:
    return FieldError(f"body.{field}", "names nothing that exists", "not_found")

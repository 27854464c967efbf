"""Whether a declaration is sound: what is wrong is said at import, with the argument and a mend."""

from collections.abc import Callable, Iterator
from typing import Any

from pydantic import BaseModel
from sqlalchemy import types as sql

from padstone.models import Revisioned, SoftDeleted
from padstone.resource.columns import columns_of, mapper_of, value_type
from padstone.resource.declaration import Declaration
from padstone.resource.errors import DeclarationError
from padstone.resource.filters import LIST_PARAMETERS, OPERATORS, OwnFilter
from padstone.resource.guards import PUBLIC
from padstone.resource.loading import allows_none, relationships
from padstone.resource.operations import Operation
from padstone.resource.references import references_of
from padstone.resource.sorting import is_sortable

__all__ = ["require_sound"]

_ONCE = {Operation.CREATE, Operation.BULK_CREATE}


def require_sound(declared: Declaration) -> None:
    """Raises ``DeclarationError`` with all that is wrong."""
    problems = [problem for check in _CHECKS for problem in check(declared)]
    if problems:
        raise DeclarationError(declared.plural, problems)


def _model(declared: Declaration) -> Iterator[str]:
    name = declared.model.__name__
    if len(mapper_of(declared.model).primary_key) != 1:
        yield f"model: {name} has a key of several columns; a resource needs a single one"
    writes = {Operation.UPDATE, Operation.BULK_UPDATE} & declared.operations
    if writes and not issubclass(declared.model, Revisioned):
        yield (
            f"model: {name} has no revision, so that one change could undo another unseen; let it "
            "inherit padstone.models.Revisioned"
        )
    if Operation.RESTORE in declared.operations and not declared.is_soft_deleted:
        yield (
            f"operations: {name} keeps no deleted rows to restore; leave out Operation.RESTORE, or "
            "let the model inherit padstone.models.SoftDeleted"
        )


def _operations(declared: Declaration) -> Iterator[str]:
    needs = {
        "create": {Operation.CREATE, Operation.BULK_CREATE, Operation.IMPORT},
        "update": {Operation.UPDATE, Operation.BULK_UPDATE},
    }
    for argument, operations in needs.items():
        if getattr(declared, argument) is None and (lacking := operations & declared.operations):
            yield f"{argument}: {_listed(lacking)} needs a schema; give one, or leave it out"


def _guards(declared: Declaration) -> Iterator[str]:
    for operation in sorted(declared.operations):
        scopes = declared.guards.of(operation)
        if scopes is None:
            yield f"guards: nothing is said of {operation}; add write=[…]"
        elif isinstance(scopes, str):
            yield f"guards: {operation} has a text for its scopes; put it into a list"
        elif scopes is PUBLIC and _is_owned(declared):
            yield f"guards: {operation} is PUBLIC, but rows belong to the caller; take [] instead"
        elif scopes is PUBLIC and operation in _ONCE and declared.idempotency:
            yield "idempotency: strangers' keys cannot be told apart; guard create, or leave it out"


def _is_owned(declared: Declaration) -> bool:
    return any(one.owner is not None for one in (declared, *declared.parents))


def _owner(declared: Declaration) -> Iterator[str]:
    if declared.owner is None:
        return
    if declared.owner not in columns_of(declared.model):
        yield f"owner: {_no_column(declared, declared.owner)}"
    elif declared.owner in declared.body_columns:
        yield (
            f"owner: {declared.owner} stands in a body, though rows belong to whoever is calling; "
            "take it out of the schema"
        )


def _parent(declared: Declaration) -> Iterator[str]:
    if declared.parent is None:
        return
    column = columns_of(declared.model).get(declared.parent.column)
    above = declared.parent.resource.declaration
    if column is None:
        yield f"parent: {_no_column(declared, declared.parent.column)}"
    elif not any(
        foreign.column.table is mapper_of(above.model).local_table
        for foreign in column.foreign_keys
    ):
        yield f"parent: {column.name} is no foreign key to {above.model.__name__}"
    if declared.parent.column in declared.body_columns:
        yield f"parent: {declared.parent.column} stands in a body, though the path says it"


def _bodies(declared: Declaration) -> Iterator[str]:
    known = set(columns_of(declared.model))
    for argument, schema in (("create", declared.create), ("update", declared.update)):
        if schema is None:
            continue
        for name in schema.model_fields:
            if name not in known and name not in declared.unmapped:
                yield (
                    f"{argument}: {schema.__name__}.{name} is no column of "
                    f"{declared.model.__name__}; take it out, or name it in unmapped=[…] where a "
                    "hook reads it"
                )
        if schema.model_config.get("extra") != "forbid":
            name = schema.__name__
            yield f"{argument}: {name} takes unknown fields; inherit padstone.schemas.Body"


def _read(declared: Declaration) -> Iterator[str]:
    if not declared.read.model_config.get("from_attributes"):
        yield f"read: {declared.read.__name__} reads no rows; inherit padstone.schemas.Read"
    yield from _readable(declared.model, declared.read)
    for where, found, nested in relationships(declared.model, declared.read):
        if nested is None:
            yield f"read: {where} is a relationship; give its type as a schema"
            continue
        yield from _readable(found.mapper.class_, nested)
        schema = where.partition(".")[0]
        may_be_gone = not found.uselist and issubclass(found.mapper.class_, SoftDeleted)
        owner = declared.read if schema == declared.read.__name__ else None
        if may_be_gone and owner and not allows_none(owner.model_fields[found.key].annotation):
            yield (
                f"read: {where} must allow None, since a deleted "
                f"{found.mapper.class_.__name__} is not shown"
            )


def _readable(model: type[Any], schema: type[BaseModel]) -> Iterator[str]:
    for name, field in schema.model_fields.items():
        source = field.validation_alias if isinstance(field.validation_alias, str) else name
        if not hasattr(model, source):
            yield f"read: {schema.__name__}.{name} is no attribute of {model.__name__}"


def _filters(declared: Declaration) -> Iterator[str]:
    columns = columns_of(declared.model)
    for found in declared.filters:
        if isinstance(found, OwnFilter):
            if found.parameter in LIST_PARAMETERS:
                yield f"filters: {found.parameter} is a parameter of every list; take another name"
            continue
        column = columns.get(found.attribute)
        if column is None:
            yield f"filters: {_no_column(declared, found.attribute)}"
        elif found.operator not in OPERATORS:
            known = ", ".join(OPERATORS)
            yield f"filters: {found.operator!r} of {found.attribute} is none of {known}"
        elif (value_type(column) is None and found.operator != "isnull") or not found.fits(column):
            yield f"filters: {found.operator} means nothing for {found.attribute} ({column.type!r})"


def _sorts(declared: Declaration) -> Iterator[str]:
    columns = columns_of(declared.model)
    for name in dict.fromkeys([*declared.sorts, *(t.attribute for t in declared.default_sort)]):
        if name not in columns:
            yield f"sorts: {_no_column(declared, name)}"
        elif not is_sortable(columns[name]):
            yield f"sorts: a page cannot end at a value of {name} ({columns[name].type!r})"


def _get_by(declared: Declaration) -> Iterator[str]:
    if declared.get_by is None:
        return
    column = columns_of(declared.model).get(declared.get_by)
    if column is None:
        yield f"get_by: {_no_column(declared, declared.get_by)}"
    elif not isinstance(column.type, sql.String):
        yield f"get_by: {declared.get_by} is no text ({column.type!r})"


def _search(declared: Declaration) -> Iterator[str]:
    if declared.search is None:
        return
    column = columns_of(declared.model).get(declared.search)
    if column is None or "search" not in column.info:
        yield (
            f"search: {declared.search} is no search vector of {declared.model.__name__}; declare "
            "it there with padstone.models.search_vector(…)"
        )


def _references(declared: Declaration) -> Iterator[str]:
    for name in sorted(set(declared.references) - declared.body_columns):
        yield f"references: {name} is no field of a body"
    if declared.owner is not None and declared.owner not in columns_of(declared.model):
        return
    for found in references_of(declared):
        if found.is_unclear:
            yield (
                f"references: {found.field} points to {found.target.__name__}, whose rows belong "
                f"to somebody; say {{{found.field!r}: its resource}}, or SHARED where anybody may "
                "point to any of them"
            )


def _no_column(declared: Declaration, name: str) -> str:
    known = ", ".join(columns_of(declared.model))
    return f"{name} is no column of {declared.model.__name__}; it has {known}"


def _listed(operations: set[Operation]) -> str:
    return ", ".join(sorted(operations))


_CHECKS: tuple[Callable[[Declaration], Iterator[str]], ...] = (
    _model,
    _operations,
    _guards,
    _owner,
    _parent,
    _bodies,
    _read,
    _filters,
    _sorts,
    _get_by,
    _search,
    _references,
)

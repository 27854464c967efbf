"""What a read schema needs loaded: its relationships, at any depth, and its deferred columns."""

import types
from collections.abc import Iterator
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from sqlalchemy.orm import RelationshipProperty, joinedload, selectinload, undefer

from padstone.models import SoftDeleted
from padstone.resource.columns import mapper_of

__all__ = [
    "allows_none",
    "flat_columns",
    "loaders",
    "names_relationships",
    "relationships",
    "schema_in",
]


def loaders(model: type[Any], read: type[BaseModel]) -> list[Any]:
    """Loader options, so that ``read`` finds all that it names in each row.

    To-one relationships come with the row, each to-many with one statement for all rows.
    """
    deferred = [
        undefer(getattr(model, attribute.key))
        for attribute in mapper_of(model).column_attrs
        if attribute.deferred and attribute.key in read.model_fields
    ]
    return [*deferred, *(_loader(model, found, nested) for found, nested in _named(model, read))]


def names_relationships(model: type[Any], read: type[BaseModel]) -> bool:
    """Whether the schema shows more than the row's own columns."""
    return any(True for _ in _named(model, read))


def relationships(
    model: type[Any], read: type[BaseModel]
) -> Iterator[tuple[str, RelationshipProperty[Any], type[BaseModel] | None]]:
    """The relationships that the schema names, each with the schema of its rows, at any depth."""
    for found, nested in _named(model, read):
        yield f"{read.__name__}.{found.key}", found, nested
        if nested is not None:
            yield from relationships(found.mapper.class_, nested)


def allows_none(annotation: Any) -> bool:
    """Whether a field of this type may be null."""
    return annotation is None or annotation is type(None) or type(None) in _parts(annotation)


def schema_in(annotation: Any) -> type[BaseModel] | None:
    """The schema that a field's type holds: itself, in a list, or beside null."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (schema_in(part) for part in _parts(annotation))
    return next((schema for schema in found if schema is not None), None)


def flat_columns(read: type[BaseModel]) -> list[str]:
    """The columns of a table of such rows: what a single other row has gets a dot in its name."""
    names = []
    for name, field in read.model_fields.items():
        nested = schema_in(field.annotation)
        is_list = any(
            get_origin(part) is list for part in (field.annotation, *_parts(field.annotation))
        )
        if nested is None or is_list:
            names.append(name)
        else:
            names += [f"{name}.{inner}" for inner in nested.model_fields]
    return names


def _parts(annotation: Any) -> tuple[Any, ...]:
    origin = get_origin(annotation)
    if origin is Annotated:
        return get_args(annotation)[:1]
    if origin in {Union, types.UnionType, list, tuple, set, frozenset}:
        return get_args(annotation)
    return ()


def _named(
    model: type[Any], read: type[BaseModel]
) -> Iterator[tuple[RelationshipProperty[Any], type[BaseModel] | None]]:
    for found in mapper_of(model).relationships:
        if found.key in read.model_fields:
            yield found, schema_in(read.model_fields[found.key].annotation)


def _loader(
    model: type[Any], found: RelationshipProperty[Any], nested: type[BaseModel] | None
) -> Any:
    attribute = getattr(model, found.key)
    if found.uselist:
        option = selectinload(attribute)
    else:
        option = joinedload(attribute, innerjoin=_is_always_there(found))
    deeper = loaders(found.mapper.class_, nested) if nested is not None else []
    return option.options(*deeper) if deeper else option


def _is_always_there(found: RelationshipProperty[Any]) -> bool:
    is_required = all(not column.nullable for column in found.local_columns)
    is_own = found.direction.name == "MANYTOONE"
    return is_own and is_required and not issubclass(found.mapper.class_, SoftDeleted)

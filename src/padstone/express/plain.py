"""Which schemas can be answered field by field, and which fields need no validation at all.

Of the latter the columns hold nothing else. For those the fast encoder writes what Pydantic would
write, character by character; a property test holds it to that. Every other field is validated and
written by Pydantic, and so is a schema that has a say in its answer as a whole.
"""

import types
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, Union, get_args, get_origin
from uuid import UUID

import annotated_types
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from sqlalchemy import types as sql

from padstone.express.fields import Fields
from padstone.resource.loading import allows_none
from padstone.schemas import Read
from padstone.types import PublicId

__all__ = ["is_plain", "is_transparent"]

# What a column of exactly this kind gives, after SQLAlchemy's own processing.
_HOLDS: tuple[tuple[type[sql.TypeEngine[Any]], type[Any]], ...] = (
    (sql.Boolean, bool),
    (sql.Uuid, UUID),
    (sql.DateTime, datetime),
    (sql.Date, date),
    (sql.Integer, int),
    (sql.String, str),
)

# What a mark of a field may do besides.
_CHANGES = ("strip_whitespace", "to_lower", "to_upper")


def is_transparent(fields: Fields) -> bool:
    """Whether what the schema shows is what each of its fields shows, one after the other."""
    infos = fields.schema.model_fields.values()
    return (
        _has_no_hooks(fields.schema)
        and not any(info.exclude or info.exclude_if or info.discriminator for info in infos)
        and all(is_transparent(inner) for _, inner in fields.nested)
    )


def _has_no_hooks(schema: type[BaseModel]) -> bool:
    own = schema.__pydantic_decorators__
    hooks = (
        own.validators,
        own.field_validators,
        own.root_validators,
        own.field_serializers,
        own.model_serializers,
        own.model_validators,
        own.computed_fields,
    )
    is_usual = all(
        getattr(schema, name).__func__ is getattr(Read, name).__func__
        for name in ("__get_pydantic_core_schema__", "model_validate")
    )
    known = {"from_attributes", "title", "json_schema_extra", "frozen"}
    return is_usual and not any(hooks) and set(schema.model_config) <= known


def is_plain(info: FieldInfo, column: Any) -> bool:
    """Whether a value of ``column`` may be written without a look at the field's validators."""
    # A null that the schema refuses is for the schema to refuse.
    may_be_null = getattr(column.expression, "nullable", True)
    if may_be_null and not allows_none(info.annotation):
        return False
    return all(map(_only_refuses, info.metadata)) and _is(info.annotation, column.type)


def _only_refuses(mark: Any) -> bool:
    """Whether it checks a value and leaves it as it is. What was stored has passed such checks."""
    if any(getattr(mark, name, None) for name in _CHANGES):
        return False
    known = (annotated_types.BaseMetadata, annotated_types.GroupedMetadata, PublicId)
    return isinstance(mark, known)


def _is(annotation: Any, kind: sql.TypeEngine[Any]) -> bool:
    """Whether what ``kind`` gives is an ``annotation`` already."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin in {Union, types.UnionType}:
        rest = [part for part in parts if part is not type(None)]
        return len(rest) == 1 and _is(rest[0], kind)
    if isinstance(kind, sql.ARRAY):
        return origin is list and kind.dimensions in {None, 1} and _is(parts[0], kind.item_type)
    held = _held(kind)
    return held is not None and (annotation is held or (held is str and _is_text(annotation)))


def _held(kind: sql.TypeEngine[Any]) -> Any:
    """What a column of this kind gives; ``None`` where that is not known for sure."""
    if isinstance(kind, sql.TypeDecorator):
        return None
    if isinstance(kind, sql.Enum):
        return kind.enum_class
    if isinstance(kind, sql.Numeric):
        return None if isinstance(kind, sql.Float) or not kind.asdecimal else Decimal
    return next((python for of, python in _HOLDS if isinstance(kind, of)), None)


def _is_text(annotation: Any) -> bool:
    """Whether a text stays what it is when it becomes an ``annotation`` and is written."""
    if get_origin(annotation) is Literal:
        return all(isinstance(part, str) for part in get_args(annotation))
    return (
        isinstance(annotation, type)
        and issubclass(annotation, Enum)
        and issubclass(annotation, str)
    )

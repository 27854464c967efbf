"""What a read schema takes from a row: which columns, and where each value goes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import AliasChoices, AliasPath, BaseModel
from pydantic.fields import FieldInfo
from sqlalchemy import Select
from sqlalchemy.orm import RelationshipProperty, aliased

from padstone.express.statement import reader_of
from padstone.resource.columns import mapper_of
from padstone.resource.loading import allows_none, schema_in
from padstone.types import PublicId

__all__ = ["Fields", "Unsuitable", "fields_of"]


class Unsuitable(Exception):  # noqa: N818  # it is an answer, not a failure
    """Why an operation stays in the session lane."""


@dataclass(slots=True)
class Fields:
    """The fields of ``schema`` in their order, as expressions to select.

    A nested schema stands in ``nested`` by the place of its field, where the key of its row is
    selected; its own columns come after all others. ``readers`` turn drivers' values into those
    that a session would give, by place; ``public`` are those of ids that people see in another
    form, for whoever asks no schema. ``joined`` is what leads to a nested schema's rows.
    """

    schema: type[BaseModel]
    names: list[str] = field(default_factory=list)
    expressions: list[Any] = field(default_factory=list)
    readers: list[tuple[int, Callable[[Any], Any]]] = field(default_factory=list)
    public: list[tuple[int, Callable[[Any], Any]]] = field(default_factory=list)
    nested: list[tuple[int, "Fields"]] = field(default_factory=list)
    joined: Any = None

    @property
    def width(self) -> int:
        """How many columns of the row are this schema's own."""
        return len(self.expressions)

    def select(self, statement: Select[Any]) -> Select[Any]:
        """``statement`` with these columns in place of the whole row."""
        wanted = list(self.expressions)
        for _, inner in self.nested:
            wanted += inner.expressions
            statement = statement.outerjoin(inner.joined)
        return statement.with_only_columns(*wanted, maintain_column_froms=True)


def fields_of(model: type[Any], schema: type[BaseModel]) -> Fields:
    """What ``schema`` takes from rows of ``model``. Raises ``Unsuitable``."""
    return _fields(model, model, schema)


def _fields(model: type[Any], entity: Any, schema: type[BaseModel]) -> Fields:
    made = Fields(schema)
    mapper = mapper_of(model)
    for name, info in schema.model_fields.items():
        attribute = _source(name, info)
        made.names.append(attribute)
        if attribute in mapper.column_attrs:
            _add(made, getattr(entity, attribute))
            written = [mark.write for mark in info.metadata if isinstance(mark, PublicId)]
            made.public += [(made.width - 1, write) for write in written]
        elif attribute in mapper.relationships and entity is model:
            _nest(made, getattr(model, attribute), mapper.relationships[attribute], info)
        else:
            raise Unsuitable(f"{schema.__name__}.{name} is no column of {model.__name__}")
    return made


def _source(name: str, info: FieldInfo) -> str:
    alias = info.validation_alias
    if isinstance(alias, (AliasChoices, AliasPath)):
        raise Unsuitable(f"{name} is looked for under several names")
    return alias or name


def _add(made: Fields, column: Any) -> None:
    reader = reader_of(column.type)
    if reader is not None:
        made.readers.append((made.width, reader))
    made.expressions.append(column)


def _nest(made: Fields, attribute: Any, found: RelationshipProperty[Any], info: FieldInfo) -> None:
    schema = schema_in(info.annotation)
    if found.uselist or schema is None:
        raise Unsuitable(f"{found.key} are rows of their own")
    if not allows_none(info.annotation):
        raise Unsuitable(f"{found.key} may be gone, and its field says that it is always there")
    # Another name for the table, so that it is not taken for one that a condition looks at.
    entity = aliased(found.mapper.class_)
    inner = _fields(found.mapper.class_, entity, schema)
    inner.joined = attribute.of_type(entity)
    (key,) = found.mapper.primary_key
    made.nested.append((made.width, inner))
    made.expressions.append(getattr(entity, found.mapper.get_property_by_column(key).key))

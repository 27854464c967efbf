"""A declaration: what a resource is, as data that can be looked at."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel

from padstone.idempotency import IdempotencyRecordColumns
from padstone.models import SoftDeleted
from padstone.resource.columns import id_type, mapper_of
from padstone.resource.filters import Filter, filters_of
from padstone.resource.guards import Guards
from padstone.resource.operations import Operation
from padstone.resource.sorting import SortTerm

if TYPE_CHECKING:
    from padstone.resource.resource import Resource

__all__ = ["SHARED", "Declaration", "Parent", "Shared", "declare"]

MAX_ROWS = 1_000


class Shared(Enum):
    """The type of ``SHARED``."""

    SHARED = "shared"


SHARED: Final = Shared.SHARED
"""In ``references``: anybody's rows may be pointed to by whoever knows their id."""


@dataclass(frozen=True, slots=True)
class Parent:
    """The resource above: rows are reached through ``resource``, by their column ``column``."""

    resource: "Resource[Any]"
    column: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """Everything that is known of a resource before the first request.

    ``path`` is the whole template, with the parents'. ``id_attribute`` is the attribute of the
    primary key, ``id_parameter`` its name in the path and ``id_type`` its type there.
    """

    model: type[Any]
    read: type[BaseModel]
    create: type[BaseModel] | None
    update: type[BaseModel] | None
    name: str
    plural: str
    path: str
    owner: str | None
    parent: Parent | None
    guards: Guards
    filters: tuple[Filter, ...]
    sorts: tuple[str, ...]
    default_sort: tuple[SortTerm, ...]
    search: str | None
    operations: frozenset[Operation]
    references: Mapping[str, "Resource[Any] | Shared"]
    unmapped: frozenset[str]
    idempotency: type[IdempotencyRecordColumns] | None
    max_rows: int
    id_attribute: str
    id_type: Any

    @property
    def id_parameter(self) -> str:
        """The name of the row's id in the path."""
        return f"{self.name}_id"

    @property
    def label(self) -> str:
        """What one row is called in a sentence."""
        return self.name.replace("_", " ")

    @property
    def labels(self) -> str:
        """What several are called."""
        return self.plural.replace("_", " ")

    @property
    def is_soft_deleted(self) -> bool:
        """Whether a deleted row stays."""
        return issubclass(self.model, SoftDeleted)

    @property
    def parents(self) -> tuple["Declaration", ...]:
        """The declarations above, the outermost first."""
        if self.parent is None:
            return ()
        above = self.parent.resource.declaration
        return (*above.parents, above)

    @property
    def body_columns(self) -> frozenset[str]:
        """The attributes that clients may set."""
        schemas = [schema for schema in (self.create, self.update) if schema is not None]
        return frozenset(name for schema in schemas for name in schema.model_fields) - self.unmapped


def declare(
    model: type[Any],
    *,
    read: type[BaseModel],
    create: type[BaseModel] | None,
    update: type[BaseModel] | None,
    name: str | None,
    plural: str | None,
    path: str | None,
    parent: Parent | None,
    sorts: Sequence[str],
    default_sort: str | None,
    filters: Mapping[str, Sequence[str]],
    operations: Iterable[Operation] | None,
    references: Mapping[str, Any],
    unmapped: Iterable[str],
    **same: Any,
) -> Declaration:
    """The declaration with what was left out derived from the model."""
    mapper = mapper_of(model)
    key = mapper.get_property_by_column(mapper.primary_key[0]).key
    single = name or _snake(model.__name__)
    several = plural or str(getattr(mapper.local_table, "name", f"{single}s"))
    own = path if path is not None else "/" + several.replace("_", "-")
    return Declaration(
        model=model,
        read=read,
        create=create,
        update=update,
        name=single,
        plural=several,
        path=_below(parent) + own,
        parent=parent,
        filters=tuple(filters_of(filters)),
        sorts=tuple(sorts),
        default_sort=_terms(default_sort or _default_sort(mapper.column_attrs.keys(), key)),
        operations=_operations(operations, model, create, update),
        references=MappingProxyType(dict(references)),
        unmapped=frozenset(unmapped),
        id_attribute=key,
        id_type=id_type(read, key, mapper.primary_key[0]),
        **same,
    )


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def _below(parent: Parent | None) -> str:
    if parent is None:
        return ""
    above = parent.resource.declaration
    return f"{above.path}/{{{above.id_parameter}}}"


def _default_sort(attributes: Iterable[str], key: str) -> str:
    return "-created_at" if "created_at" in attributes else key


def _terms(text: str) -> tuple[SortTerm, ...]:
    return tuple(
        SortTerm(part.removeprefix("-"), "desc" if part.startswith("-") else "asc")
        for part in text.split(",")
    )


def _operations(
    given: Iterable[Operation] | None,
    model: type[Any],
    create: type[BaseModel] | None,
    update: type[BaseModel] | None,
) -> frozenset[Operation]:
    if given is not None:
        return frozenset(given)
    missing = {
        Operation.CREATE: create is None,
        Operation.UPDATE: update is None,
        Operation.RESTORE: not issubclass(model, SoftDeleted),
    }
    return Operation.SINGLE - {operation for operation, lacks in missing.items() if lacks}

"""A declaration: what a resource is, as data that can be looked at."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, TypeAdapter

from padstone.idempotency import IdempotencyRecordColumns
from padstone.models import SoftDeleted
from padstone.resource.columns import mapper_of
from padstone.resource.filters import Filter, OwnFilter
from padstone.resource.guards import Guards
from padstone.resource.operations import Operation
from padstone.resource.sorting import SortTerm

if TYPE_CHECKING:
    from padstone.resource.resource import Resource

__all__ = [
    "MAX_ROWS",
    "SHARED",
    "Declaration",
    "Parent",
    "Shared",
    "default_sort_of",
    "id_attribute_of",
    "name_of",
    "operations_of",
    "path_of",
    "plural_of",
]

MAX_ROWS = 1_000
"""How many rows a bulk operation takes, unless the resource says otherwise."""


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

    ``get_by`` is the text by which one row is found besides its id. ``path`` is the whole template,
    with the parents'. ``id_attribute`` is the attribute of the
    primary key, ``id_parameter`` its name in the path, ``id_type`` its type there and
    ``id_adapter`` what reads and writes it.
    """

    model: type[Any]
    read: type[BaseModel]
    create: type[BaseModel] | None
    update: type[BaseModel] | None
    name: str
    plural: str
    path: str
    get_by: str | None
    owner: str | None
    parent: Parent | None
    guards: Guards
    filters: tuple[Filter | OwnFilter, ...]
    sorts: tuple[str, ...]
    default_sort: tuple[SortTerm, ...]
    search: str | None
    operations: frozenset[Operation]
    references: Mapping[str, "Resource[Any] | Shared"]
    unmapped: frozenset[str]
    import_row: type[BaseModel] | None
    idempotency: type[IdempotencyRecordColumns] | None
    max_rows: int
    id_attribute: str
    id_type: Any
    id_adapter: TypeAdapter[Any]

    @property
    def id_parameter(self) -> str:
        """The name of the row's id in the path."""
        return f"{self.name}_id"

    def shown_id(self, key: Any) -> str:
        """An id as clients see it."""
        return str(self.id_adapter.dump_python(key, mode="json"))

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


def name_of(model: type[Any]) -> str:
    """The name of one row, from the class: ``MasterResume`` is a ``master_resume``."""
    name = model.__name__
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def plural_of(model: type[Any]) -> str:
    """The name of several, from the table."""
    return str(getattr(mapper_of(model).local_table, "name", f"{name_of(model)}s"))


def path_of(parent: Parent | None, own: str) -> str:
    """The whole template: below the parent's row, or from the beginning."""
    if parent is None:
        return own
    above = parent.resource.declaration
    return f"{above.path}/{{{above.id_parameter}}}{own}"


def id_attribute_of(model: type[Any]) -> str:
    """The attribute of the primary key."""
    mapper = mapper_of(model)
    return mapper.get_property_by_column(mapper.primary_key[0]).key


def default_sort_of(model: type[Any]) -> str:
    """The newest first, where the model knows."""
    attributes = mapper_of(model).column_attrs.keys()
    return "-created_at" if "created_at" in attributes else id_attribute_of(model)


def operations_of(
    model: type[Any], create: type[BaseModel] | None, update: type[BaseModel] | None
) -> frozenset[Operation]:
    """The operations on single rows that the model and the schemas allow."""
    missing = {
        Operation.CREATE: create is None,
        Operation.UPDATE: update is None,
        Operation.RESTORE: not issubclass(model, SoftDeleted),
    }
    return Operation.SINGLE - {operation for operation, lacks in missing.items() if lacks}

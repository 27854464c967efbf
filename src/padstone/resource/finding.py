"""What asks for one row: made once for each kind of question, where no hook decides anew."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Select, Text, bindparam

from padstone.models import INCLUDE_DELETED, SoftDeleted
from padstone.principal import Principal
from padstone.resource.bounded import Bounded
from padstone.resource.call import Call
from padstone.resource.declaration import Declaration
from padstone.resource.loading import loaders
from padstone.resource.reach import KEY, Scopes, given_by, rows_for, scopes_that_matter

if TYPE_CHECKING:
    from padstone.resource.resource import Resource

__all__ = ["Findings", "Kind", "named", "one_of"]


class Kind(NamedTuple):
    """How a row is asked for: by its name or its id, to be changed or shown, though deleted."""

    by_name: bool
    lock: bool
    deleted: bool
    load: bool


def one_of(declared: Declaration, rows: Select[Any], key: Any, kind: Kind) -> Select[Any]:
    """That one of ``rows`` which ``key`` is the id or the name of."""
    model = declared.model
    if kind.by_name:
        rows = named(declared, rows, key)
    else:
        rows = rows.where(getattr(model, declared.id_attribute) == key)
    if kind.load:
        rows = rows.options(*loaders(model, declared.read))
    if kind.lock:
        # As it is once the lock is had. Rows that refer to it may still be written meanwhile.
        rows = rows.with_for_update(of=model, key_share=True)
        rows = rows.execution_options(populate_existing=True)
    if kind.deleted:
        rows = rows.execution_options(**INCLUDE_DELETED)
    return rows


def named(declared: Declaration, rows: Select[Any], name: Any) -> Select[Any]:
    """The one of ``rows`` that ``name`` names.

    Deleted rows may have had the name, too: a living one goes before the one that went last.
    """
    assert declared.get_by is not None  # noqa: S101  # the caller looked
    rows = rows.where(getattr(declared.model, declared.get_by) == name)
    if issubclass(declared.model, SoftDeleted):
        rows = rows.order_by(declared.model.deleted_at.desc().nulls_first())
    return rows.limit(1)


class Findings:
    """The statements that find a resource's rows."""

    def __init__(self, resource: "Resource[Any]") -> None:
        self._resource = resource
        self._parents = [above.id_parameter for above in resource.declaration.parents]
        scopes = scopes_that_matter(resource)
        self._scopes: Callable[[Principal | None], Scopes] | None = scopes
        self._made: Bounded[tuple[Scopes, Kind], Select[Any]] = Bounded(self._make)

    def of(self, call: Call, key: Any, kind: Kind) -> tuple[Select[Any], dict[str, Any]] | None:
        """A statement and its parameters; ``None`` where one has to be made for this call."""
        if self._scopes is None or any(call.path.get(name) is None for name in self._parents):
            return None
        statement = self._made.get((self._scopes(call.principal), kind))
        return statement, {**given_by(call.principal, call.path), KEY: key}

    def _make(self, asked: tuple[Scopes, Kind]) -> Select[Any]:
        scopes, kind = asked
        declared = self._resource.declaration
        column = getattr(declared.model, declared.id_attribute)
        key: Any = bindparam(KEY, type_=Text() if kind.by_name else column.type)
        return one_of(declared, rows_for(self._resource, scopes), key, kind)

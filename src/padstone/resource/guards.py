"""Who may do what with a resource."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, Final

from padstone.auth import OptionalPrincipalDep, Requires
from padstone.principal import Principal
from padstone.resource.operations import Operation

__all__ = ["PUBLIC", "Guards", "Public", "guard_of"]


class Public(Enum):
    """The type of ``PUBLIC``."""

    PUBLIC = "public"


PUBLIC: Final = Public.PUBLIC
"""In place of scopes: anybody may, signed in or not."""

Scopes = Sequence[str] | Public

# What stands in where an operation has no guard of its own.
_LIKE = {
    Operation.BULK_CREATE: Operation.CREATE,
    Operation.IMPORT: Operation.CREATE,
    Operation.BULK_UPDATE: Operation.UPDATE,
    Operation.RESTORE: Operation.DELETE,
    Operation.EXPORT: Operation.LIST,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Guards:
    """The scopes that each operation asks for; all of them are needed.

    ``[]`` means signed in, ``PUBLIC`` anybody. ``read`` holds for what changes nothing, ``write``
    for the rest, and each operation may have its own. Without one, an import and a bulk create are
    guarded like create, a bulk update like update, restore like delete, and an export like list.
    """

    read: Scopes
    write: Scopes | None = None
    list: Scopes | None = None
    get: Scopes | None = None
    create: Scopes | None = None
    update: Scopes | None = None
    delete: Scopes | None = None
    restore: Scopes | None = None
    bulk_create: Scopes | None = None
    bulk_update: Scopes | None = None
    import_: Scopes | None = None
    export: Scopes | None = None

    def of(self, operation: Operation) -> Scopes | None:
        """What ``operation`` asks for; ``None`` where nothing was said."""
        name = "import_" if operation is Operation.IMPORT else operation.value
        own: Scopes | None = getattr(self, name)
        if own is not None:
            return own
        if operation in _LIKE:
            return self.of(_LIKE[operation])
        return self.read if operation.reads else self.write


def guard_of(scopes: Scopes) -> Any:
    """The type of a parameter that is the principal which ``scopes`` let through."""
    if isinstance(scopes, Public):
        return OptionalPrincipalDep
    return Annotated[Principal, Requires(*scopes)]

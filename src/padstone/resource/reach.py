"""The rows that somebody may reach, as a statement that is made before anybody asks.

What differs between callers stands in it as parameters, so that it is made once for all of them and
SQLAlchemy need not be told again what it was told before.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Select, Uuid, bindparam

from padstone.principal import Principal
from padstone.resource.call import Call
from padstone.resource.declaration import Declaration

if TYPE_CHECKING:
    from padstone.resource.resource import Resource

__all__ = [
    "KEY",
    "SUBJECT",
    "Scopes",
    "given_by",
    "names_given",
    "rows_for",
    "scopes_that_matter",
]

SUBJECT = "subject"
"""The parameter that is the caller's id."""

KEY = "key"
"""The parameter that is the row's id, or its name."""

Scopes = frozenset[str] | None
"""What the caller may do; ``None`` where nobody is signed in."""

_NO_SCOPES: frozenset[str] = frozenset()


def scopes_that_matter(resource: "Resource[Any]") -> Callable[[Principal | None], Scopes] | None:
    """What of a caller's scopes decides which rows may be seen.

    ``None`` where a hook decides that anew for each call.
    """
    from padstone.resource.resource import Resource

    own = type(resource).visible
    if own is Resource.visible:
        return _none
    return _all if getattr(own, "is_stable", False) else None


def _none(principal: Principal | None) -> Scopes:
    return None if principal is None else _NO_SCOPES


def _all(principal: Principal | None) -> Scopes:
    return None if principal is None else principal.scopes


def rows_for(resource: "Resource[Any]", scopes: Scopes) -> Select[Any]:
    """The rows that callers with ``scopes`` may reach, with parameters where they differ.

    Raises ``AuthError`` where they are for whoever is signed in.
    """
    from padstone.resource.reading import reachable

    declared = resource.declaration
    subject: Any = bindparam(SUBJECT, type_=Uuid())
    principal = None if scopes is None else Principal(subject, subject, "any", scopes)
    path = {above.id_parameter: _key_of(above) for above in declared.parents}
    call = Call(session=cast("Any", None), principal=principal, path=path)
    return reachable(resource, call)


def _key_of(above: Declaration) -> Any:
    key = getattr(above.model, above.id_attribute)
    return bindparam(above.id_parameter, type_=key.type)


def names_given(declared: Declaration) -> list[str]:
    """The parameters of such statements."""
    return [SUBJECT, *(above.id_parameter for above in declared.parents)]


def given_by(principal: Principal | None, path: Mapping[str, Any]) -> dict[str, Any]:
    """Their values."""
    return {SUBJECT: None if principal is None else principal.subject, **path}

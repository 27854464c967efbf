"""Whoever calls, as a statement that is compiled before anybody does."""

from typing import Any, cast

from sqlalchemy import Uuid, bindparam

from padstone.errors import AuthError
from padstone.express.fields import Unsuitable
from padstone.principal import Principal
from padstone.resource import Call, Resource
from padstone.resource.declaration import Declaration
from padstone.resource.reading import reachable

__all__ = ["SUBJECT", "Scopes", "depends_on_scopes", "given_by", "rows_for"]

SUBJECT = "subject"
"""The parameter that is the caller's id."""

Scopes = frozenset[str] | None
"""What the caller may do; ``None`` where nobody is signed in."""


def depends_on_scopes(resource: Resource[Any]) -> bool:
    """Whether the rows that may be seen differ between callers of different scopes.

    Raises ``Unsuitable`` where a hook decides that anew for each call.
    """
    own = type(resource).visible
    if own is Resource.visible:
        return False
    if not getattr(own, "is_stable", False):
        raise Unsuitable("`visible` is asked at each call; `@stable` says that it need not be")
    return True


def rows_for(resource: Resource[Any], scopes: Scopes) -> Any:
    """The rows that callers with ``scopes`` may reach, with parameters where they differ."""
    declared = resource.declaration
    subject: Any = bindparam(SUBJECT, type_=Uuid())
    principal = None if scopes is None else Principal(subject, subject, "any", scopes)
    path = {above.id_parameter: _key_of(above) for above in declared.parents}
    call = Call(session=cast("Any", None), principal=principal, path=path)
    try:
        return reachable(resource, call)
    except AuthError:
        raise Unsuitable("it is for whoever is signed in") from None


def _key_of(above: Declaration) -> Any:
    key = getattr(above.model, above.id_attribute)
    return bindparam(above.id_parameter, type_=key.type)


def given_by(principal: Principal | None, path: dict[str, Any]) -> dict[str, Any]:
    """The values of those parameters."""
    return {SUBJECT: principal.subject if principal is not None else None, **path}

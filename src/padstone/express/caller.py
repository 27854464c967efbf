"""Whoever calls, as a statement that is compiled before anybody does."""

from collections.abc import Callable
from typing import Any, cast

from sqlalchemy import Uuid, bindparam

from padstone.express.answers import Asked
from padstone.express.fields import Unsuitable
from padstone.principal import Principal
from padstone.resource import Call, Resource
from padstone.resource.declaration import Declaration
from padstone.resource.reading import reachable

__all__ = ["SUBJECT", "Scopes", "given_by", "names_given", "rows_for", "scopes_that_matter"]

SUBJECT = "subject"
"""The parameter that is the caller's id."""

Scopes = frozenset[str] | None
"""What the caller may do; ``None`` where nobody is signed in."""

_NO_SCOPES: frozenset[str] = frozenset()


def scopes_that_matter(resource: Resource[Any]) -> Callable[[Principal | None], Scopes]:
    """What of a caller's scopes decides which rows may be seen.

    Raises ``Unsuitable`` where a hook decides that anew for each call.
    """
    own = type(resource).visible
    if own is Resource.visible:
        return _none
    if not getattr(own, "is_stable", False):
        raise Unsuitable("`visible` is asked at each call; `@stable` says that it need not be")
    return _all


def _none(principal: Principal | None) -> Scopes:
    return None if principal is None else _NO_SCOPES


def _all(principal: Principal | None) -> Scopes:
    return None if principal is None else principal.scopes


def rows_for(resource: Resource[Any], scopes: Scopes) -> Any:
    """The rows that callers with ``scopes`` may reach, with parameters where they differ.

    Raises ``AuthError`` where they are for whoever is signed in.
    """
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


def given_by(asked: Asked) -> dict[str, Any]:
    """Their values."""
    principal = asked.principal
    return {SUBJECT: None if principal is None else principal.subject, **asked.path}

"""What an endpoint serves, for whoever looks at an application's routes."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from padstone.resource.operations import Operation

if TYPE_CHECKING:
    from padstone.resource.own import Own
    from padstone.resource.resource import Resource

__all__ = ["Served", "mark", "served_by", "stable"]

_MARK = "padstone_served"


class Served(NamedTuple):
    """An operation of a resource. ``dependencies`` are those that its route has by itself."""

    resource: "Resource[Any]"
    operation: Operation
    dependencies: tuple[Any, ...]


def mark(endpoint: Callable[..., Any], served: "Served | Own") -> None:
    """Says what ``endpoint`` serves."""
    vars(endpoint)[_MARK] = served


def served_by(endpoint: object) -> "Served | Own | None":
    """What ``endpoint`` serves, where a declaration made it."""
    found: Served | Own | None = getattr(endpoint, _MARK, None)
    return found


def stable(hook: Callable[..., Any]) -> Callable[..., Any]:
    """Says that a resource's ``visible`` looks at nothing but the caller's subject and scopes.

    ::

        @stable
        def visible(self, statement, call):
            return statement.where(Order.user_id == call.subject)

    It is then asked once for all callers with equal scopes, and the operation may run in the
    express lane. ``call.subject`` is an expression there; the time, the settings and the session
    are out of its reach.
    """
    vars(hook)["is_stable"] = True
    return hook

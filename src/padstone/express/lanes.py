"""Which lane each operation of an application runs in, and why."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any, NamedTuple

from fastapi import FastAPI
from fastapi.datastructures import DefaultPlaceholder
from fastapi.routing import RouteContext, iter_route_contexts
from starlette.requests import HTTPConnection
from starlette.routing import Route

from padstone.auth import limit_of
from padstone.express.creating import Create
from padstone.express.fields import Unsuitable
from padstone.express.matching import PathTable
from padstone.express.reading import Get, List
from padstone.resource import PUBLIC, Operation, Resource
from padstone.resource.served import Served, served_by

__all__ = ["Lane", "Plan", "lanes_of", "table_of"]

Work = Get | List | Create
Limit = Callable[[HTTPConnection], Awaitable[None]]


class Plan(NamedTuple):
    """One operation of the express lane. ``scopes`` is ``None`` where anybody may.

    ``limits`` count the request, each in its turn, before anybody asks who is calling.
    """

    context: RouteContext
    resource: Resource[Any]
    operation: Operation
    work: Work
    scopes: tuple[str, ...] | None
    limits: tuple[Limit, ...]


class Lane(NamedTuple):
    """A route with its plan, or with the reason why there is none."""

    context: RouteContext
    plan: Plan | None
    reason: str


_WORK: dict[Operation, type[Work]] = {
    Operation.GET: Get,
    Operation.LIST: List,
    Operation.CREATE: Create,
}
_METHODS = {Operation.GET: "get", Operation.LIST: "list", Operation.CREATE: "create"}


def lanes_of(app: FastAPI) -> Iterator[Lane]:
    """Every route, in the order in which they are tried."""
    swallowed = ""
    for context in iter_route_contexts(app.routes):
        found = _lane_of(context)
        path = context.path or ""
        if found.plan is not None and swallowed:
            found = Lane(context, None, f"`{swallowed}` comes first and may answer its paths")
        if ":" in path or not isinstance(context.original_route, Route):
            swallowed = swallowed or path or "a mount"
        yield found


def table_of(app: FastAPI) -> PathTable[Plan]:
    """The plans of all that runs in the express lane, among the other routes."""
    table: PathTable[Plan] = PathTable()
    for lane in lanes_of(app):
        methods = lane.context.methods or _ALL_METHODS
        table.add(methods, lane.context.path or "", lane.plan)
    return table


_ALL_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def _lane_of(context: RouteContext) -> Lane:
    served = served_by(context.endpoint)
    if served is None:
        return Lane(context, None, "a route of its own")
    if served.operation not in _WORK:
        return Lane(context, None, f"{served.operation.value} is no single statement")
    try:
        return Lane(context, _plan_of(context, served), "")
    except Unsuitable as reason:
        return Lane(context, None, str(reason))


def _plan_of(context: RouteContext, served: Served) -> Plan:
    resource, operation, own = served
    limits = _limits(context, own)
    _require_whole_answer(context)
    method = _METHODS[operation]
    if getattr(type(resource), method) is not getattr(Resource, method):
        raise Unsuitable(f"it has `{method}` of its own")
    if type(resource).statement is not Resource.statement:
        raise Unsuitable("it has `statement` of its own")
    scopes = resource.declaration.guards.of(operation)
    needed = None if scopes is PUBLIC else tuple(map(str, scopes or ()))
    return Plan(context, resource, operation, _WORK[operation](resource), needed, limits)


def _limits(context: RouteContext, own: tuple[Any, ...]) -> tuple[Limit, ...]:
    """The rate limits among the dependencies that came later. Raises for any other of them."""
    known = {id(dependency) for dependency in own}
    limits = []
    for added in context.dependencies:
        if id(added) in known:
            continue
        limit = limit_of(added.dependency)
        if limit is None:
            name = getattr(added.dependency, "__name__", type(added.dependency).__name__)
            raise Unsuitable(f"it depends on `{name}`, too")
        limits.append(limit)
    return tuple(limits)


def _require_whole_answer(context: RouteContext) -> None:
    if not isinstance(context.response_class, DefaultPlaceholder):
        raise Unsuitable("its response is of a class of its own")
    if any(
        (
            context.response_model_include,
            context.response_model_exclude,
            not context.response_model_by_alias,
            context.response_model_exclude_unset,
            context.response_model_exclude_defaults,
            context.response_model_exclude_none,
        )
    ):
        raise Unsuitable("its answer leaves fields out")

"""Which lane each operation of an application runs in, and why."""

import re
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, NamedTuple

import structlog
from fastapi import FastAPI
from fastapi.datastructures import DefaultPlaceholder
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from starlette.requests import HTTPConnection
from starlette.routing import Route

from padstone.auth import limit_of
from padstone.express.answers import Work
from padstone.express.creating import Create
from padstone.express.direct import leads_directly
from padstone.express.fields import Unsuitable
from padstone.express.getting import Get
from padstone.express.listing import List
from padstone.express.matching import PathTable
from padstone.express.owning import OwnRow
from padstone.resource import Operation, Own, Resource
from padstone.resource.guards import Public
from padstone.resource.served import Served, served_by

__all__ = ["Known", "Lane", "Plan", "lanes_of", "table_of"]

# One word, or one parameter that is anything but a slash: what the table can tell apart.
_IS_PART = re.compile(r"[^{}]*|\{\w+\}").fullmatch

_log = structlog.get_logger("padstone.express")

Limit = Callable[[HTTPConnection], Awaitable[None]]


class Plan(NamedTuple):
    """One operation of the express lane. ``scopes`` is ``None`` where anybody may.

    ``limits`` count the request, each in its turn, before anybody asks who is calling.
    """

    context: RouteContext
    work: Work
    scopes: tuple[str, ...] | None
    limits: tuple[Limit, ...]


class Known(NamedTuple):
    """What answers a path: a plan of the express lane, or a route of FastAPI's alone."""

    context: RouteContext
    plan: Plan | None


class Lane(NamedTuple):
    """A route with its plan, or with the reason why there is none."""

    context: RouteContext
    plan: Plan | None
    reason: str


_WORK: dict[Operation, Callable[[Resource[Any]], Work]] = {
    Operation.GET: Get,
    Operation.LIST: List,
    Operation.CREATE: Create,
}
_METHODS = {Operation.GET: "get", Operation.LIST: "list", Operation.CREATE: "create"}


def lanes_of(app: FastAPI) -> Iterator[Lane]:
    """Every route, in the order in which they are tried."""
    for context, before in _contexts(app):
        found = _lane_of(context)
        if before and found.plan is not None:
            found = Lane(context, None, f"`{before}` comes first and may answer its paths")
        yield found


def table_of(app: FastAPI, *, compiles: bool) -> PathTable[Known]:
    """What answers each path, with plans where it ``compiles`` any."""
    table: PathTable[Known] = PathTable()
    is_direct = leads_directly(app.router)
    for context, before in _contexts(app):
        plan = _lane_of(context).plan if compiles and not before else None
        is_alone = is_direct and not before and isinstance(context.original_route, APIRoute)
        known = Known(context, plan) if is_alone or plan is not None else None
        table.add(context.methods or _ALL_METHODS, context.path or "", known)
    return table


def _contexts(app: FastAPI) -> Iterator[tuple[RouteContext, str]]:
    """Every route, and an earlier one that may answer its paths for it."""
    before = ""
    for context in iter_route_contexts(app.routes):
        yield context, before
        path = context.path or ""
        if not isinstance(context.original_route, Route) or not all(map(_IS_PART, path.split("/"))):
            before = before or path or "a mount"


_ALL_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def _lane_of(context: RouteContext) -> Lane:
    served = served_by(context.endpoint)
    if served is None:
        return Lane(context, None, "a route of its own")
    try:
        _require_whole_answer(context)
        if isinstance(served, Own):
            return Lane(context, Plan(context, OwnRow(served), served.scopes, _limits(context)), "")
        limits = _limits(context, served.dependencies)
        return Lane(context, Plan(context, _work_of(served), _scopes_of(served), limits), "")
    except Unsuitable as reason:
        return Lane(context, None, str(reason))
    except Exception as error:  # noqa: BLE001  # no reason for an application not to start
        _log.warning("express lane cannot compile", route=context.name, exc_info=error)
        return Lane(context, None, f"compiling it failed with {type(error).__name__}")


def _work_of(served: Served) -> Work:
    resource, operation = served.resource, served.operation
    if operation not in _WORK:
        raise Unsuitable(f"{operation.value} is no single statement")
    for method in (_METHODS[operation], "statement"):
        if getattr(type(resource), method) is not getattr(Resource, method):
            raise Unsuitable(f"it has `{method}` of its own")
    return _WORK[operation](resource)


def _scopes_of(served: Served) -> tuple[str, ...] | None:
    scopes = served.resource.declaration.guards.of(served.operation)
    return None if scopes is None or isinstance(scopes, Public) else tuple(map(str, scopes))


def _limits(context: RouteContext, own: tuple[Any, ...] = ()) -> tuple[Limit, ...]:
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

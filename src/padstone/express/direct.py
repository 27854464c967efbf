"""Straight to the route that a path asks for.

FastAPI's router asks one route after the other, and those of included routers twice a level. For a
path that the table knows it is asked about the one route that can answer, and no other.
"""

from typing import Any

from fastapi import APIRouter
from fastapi.routing import (
    _FASTAPI_EFFECTIVE_ROUTE_CONTEXT_KEY,
    APIRoute,
    RouteContext,
    _get_fastapi_scope,
    _IncludedRouter,
)
from fastapi.telemetry._api import _route_selected
from starlette.routing import Match
from starlette.types import Receive, Scope, Send

__all__ = ["CHOSEN", "DirectRoutes", "leads_directly"]

CHOSEN = "padstone.route"
"""Where in the scope the door says which route it will be."""


def leads_directly(router: APIRouter) -> bool:
    """Whether nothing is to be done on the way from ``router`` to its routes."""
    if router.form_limits:
        return False
    included = [route for route in router.routes if isinstance(route, _IncludedRouter)]
    return all(
        not one.include_context.form_limits and leads_directly(one.original_router)
        for one in included
    )


class DirectRoutes:
    """Stands in FastAPI's place for its router, and does as it does with a route that it found."""

    def __init__(self, router: APIRouter) -> None:
        self._router = router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        chosen: RouteContext | None = scope.get(CHOSEN)
        if chosen is None:
            await self._router(scope, receive, send)
            return
        route: Any = chosen.original_route
        assert isinstance(route, APIRoute)  # noqa: S101  # the table has no others
        known = chosen._route_context  # noqa: SLF001  # where it was included, if it was
        match, found = route.matches(scope) if known is None else known.matches(scope)
        if match is not Match.FULL:
            await self._router(scope, receive, send)
            return
        scope.setdefault("router", self._router)
        scope.update(found)
        scope["route"] = route
        _route_selected(scope=scope, path=chosen.path_format)
        if known is not None:
            _get_fastapi_scope(scope)[_FASTAPI_EFFECTIVE_ROUTE_CONTEXT_KEY] = known
        await route.handle(scope, receive, send)

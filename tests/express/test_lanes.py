"""What runs in the express lane, and the reason for all that does not."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import APIRouter, Depends, FastAPI, Response
from fastapi.responses import PlainTextResponse

from lane_system import RESOURCES, ThingRead, account, resource, things
from padstone.auth import RateLimited
from padstone.express import lanes_of
from padstone.resource import Resource


def reasons(app: FastAPI) -> dict[tuple[str, str], str]:
    """By method and path; an empty reason is the express lane."""
    return {
        (method, lane.context.path or ""): lane.reason
        for lane in lanes_of(app)
        for method in getattr(lane.context, "methods", None) or ("*",)
    }


def app_with(*routers: APIRouter, **options: Any) -> FastAPI:
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    for router in routers:
        app.include_router(router, **options)
    return app


def test_all_that_a_resource_can_tell_is_in_the_express_lane() -> None:
    found = reasons(app_with(*(one.router for one in RESOURCES), account.router))
    express = {key for key, reason in found.items() if not reason}
    for plural in ("things", "wholes", "groupeds", "shouteds", "quiets", "publics", "hiddens"):
        one = f"/{plural}/{{{plural.removesuffix('s')}_id}}"
        assert {("GET", f"/{plural}"), ("GET", one)} <= express
    assert {("POST", "/things"), ("GET", "/me"), ("GET", "/things/{thing_id}/parts")} <= express


WHY = {
    ("GET", "/unstables"): "`visible` is asked at each call; `@stable` says that it need not be",
    ("GET", "/wilds"): "compiling it failed with AssertionError",
    ("POST", "/hookeds"): "it has `after_create` of its own",
    ("GET", "/manies"): "parts are rows of their own",
    ("POST", "/things/{thing_id}/parts"): "its thing is looked up first",
    ("POST", "/groupeds"): "what is answered has rows of other tables",
    ("PATCH", "/things/{thing_id}"): "update is no single statement",
}


@pytest.mark.parametrize("key", WHY)
def test_the_reason_is_said(key: tuple[str, str]) -> None:
    assert reasons(app_with(*(one.router for one in RESOURCES)))[key] == WHY[key]


async def extra() -> None:
    """A dependency."""


class Plain(PlainTextResponse):
    """Another response."""


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"dependencies": [Depends(extra)]}, "it depends on `extra`, too"),
        ({"default_response_class": Plain}, "its response is of a class of its own"),
        ({"dependencies": [RateLimited("1/minute", by="address")]}, ""),
    ],
)
def test_what_is_added_where_it_is_included_counts(options: Any, reason: str) -> None:
    assert reasons(app_with(things.router, **options))["GET", "/things"] == reason


@pytest.mark.parametrize("method", ["get", "statement"])
def test_an_operation_of_ones_own_is_called(method: str) -> None:
    def own(self: Any, *arguments: Any) -> Any:
        return getattr(super(kind, self), method)(*arguments)

    kind: Any = type("Own", (Resource,), {method: own})
    found = reasons(app_with(resource(ThingRead, "things", kind).router))
    assert found["GET", "/things/{thing_id}"] == f"it has `{method}` of its own"


def _mount(app: FastAPI) -> None:
    app.mount("/", FastAPI())


def _any_path(app: FastAPI) -> None:
    @app.get("/{path:path}")
    async def whatever(path: str) -> Response:
        return Response(path)


def _part_of_a_part(app: FastAPI) -> None:
    @app.get("/things/report-{day}")
    async def report(day: str) -> str:
        return day


@pytest.mark.parametrize("swallow", [_mount, _any_path, _part_of_a_part])
def test_what_comes_after_a_route_that_takes_all_is_left_to_it(
    swallow: Callable[[FastAPI], None],
) -> None:
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    swallow(app)
    app.include_router(things.router)
    assert "comes first" in reasons(app)["GET", "/things"]

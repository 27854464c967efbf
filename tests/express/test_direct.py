"""Whoever goes straight to a route comes to the one that FastAPI's router would have found."""

from typing import Any

import httpx2
import pytest
from fastapi import APIRouter, FastAPI, Request, Response
from hypothesis import given
from hypothesis import strategies as st

from padstone.app import Application, create_app
from padstone.express import table_of
from padstone.express.direct import leads_directly
from padstone.settings import Settings

PARTS = ["a", "b", "things", "7", "x y", "ä", "", "a.b", "report-7"]
METHODS = ["GET", "POST", "DELETE", "HEAD", "OPTIONS"]
PLACES = [
    ("GET", "/things"),
    ("GET", "/things/{thing_id}"),
    ("GET", "/things/a"),
    ("POST", "/things/{thing_id}"),
    ("GET", "/{first}/b"),
    ("GET", "/things/{thing_id}/b"),
    ("DELETE", "/{first}/{second}/{third}"),
    ("GET", "/a/"),
    ("GET", "/b"),
]


def routed(places: list[tuple[str, str]]) -> APIRouter:
    """Routes that say where one has come to."""
    router = APIRouter()
    for number, (method, path) in enumerate(places):
        endpoint = telling(number)
        router.add_api_route(
            path, endpoint, methods=[method], name=f"n{number}", response_model=None
        )
    return router


def telling(number: int) -> Any:
    async def tell(request: Request) -> dict[str, Any]:
        scope = request.scope
        return {
            "number": number,
            "parameters": request.path_params,
            "template": getattr(scope["fastapi"].get("effective_route_context"), "path", None),
            "route": scope["route"].name,
            "endpoint": scope["endpoint"].__name__,
            "router": type(scope["router"]).__name__,
            "url": str(request.url_for(f"n{number}", **request.path_params)),
        }

    return tell


def application(places: list[tuple[str, str]], extra: list[APIRouter] | None = None) -> Application:
    inner = APIRouter()
    inner.include_router(routed(places), prefix="/v1")
    return create_app(Settings(), title="T", version="1", routers=[*(extra or []), inner])


async def both(app: Application, method: str, path: str, *, direct: bool | None = True) -> Any:
    """The answer, which is the same whichever way it was come by."""
    table = table_of(app, compiles=False)
    asked: list[int] = []
    router = app.router.app

    async def counted(*arguments: Any) -> None:
        asked.append(1)
        await router(*arguments)

    app.router.app = counted  # type: ignore[method-assign]
    app.router.middleware_stack = counted
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    answers = []
    async with httpx2.AsyncClient(transport=transport, base_url="http://t") as client:
        for express in (table, None):
            app.express = express
            answer = await client.request(method, path)
            body = answer.content.replace(answer.headers["x-request-id"].encode(), b"")
            answers.append((answer.status_code, body, answer.headers.get("allow")))
    app.router.app = router  # type: ignore[method-assign]
    app.router.middleware_stack = router
    assert answers[0] == answers[1]
    if direct is not None and answers[0][0] == 200:
        assert len(asked) == (1 if direct else 2)
    return answers[0]


@given(
    places=st.permutations(PLACES),
    method=st.sampled_from(METHODS),
    parts=st.lists(st.sampled_from(PARTS), min_size=1, max_size=4),
)
async def test_it_is_the_route_that_the_router_finds(
    places: list[tuple[str, str]], method: str, parts: list[str]
) -> None:
    await both(application(places), method, "/v1/" + "/".join(parts), direct=None)


@pytest.mark.parametrize("path", ["/v1/things/7", "/v1/things/x%20y/b", "/v1/b"])
async def test_it_goes_straight_there(path: str) -> None:
    status, body, _ = await both(application(PLACES), "GET", path)
    assert status == 200
    assert b'"template":"/v1/' in body


async def test_behind_a_mount_and_an_open_part_all_are_asked() -> None:
    early = APIRouter()

    @early.get("/v1/report-{day}")
    async def report(day: str) -> str:
        return day

    app = application([("GET", "/{one}")], [early])
    assert (await both(app, "GET", "/v1/report-7", direct=False))[1] == b'"7"'
    assert b'"number":0' in (await both(app, "GET", "/v1/other", direct=False))[1]
    app = application(PLACES)
    app.router.routes.insert(0, mount())
    assert (await both(app, "GET", "/v1/things/7", direct=False))[1] == b"mounted"


def mount() -> Any:
    from starlette.routing import Mount

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        await Response("mounted")(scope, receive, send)

    return Mount("/v1/things", app=answer)


def test_a_limit_on_the_way_is_not_passed_by() -> None:
    assert leads_directly(APIRouter())
    limited, outer = APIRouter(form_limits={"max_fields": 1}), FastAPI()
    assert not leads_directly(limited)
    limited.get("/a")(lambda: None)
    middle = APIRouter()
    middle.include_router(limited)
    outer.include_router(middle)
    assert not leads_directly(outer.router)
    assert not any(table_of(outer, compiles=False).find("GET", "/a") or [])

"""An error of another shape, one that is not documented, and one that repeats what was sent."""

from typing import Any

import pytest
from fastapi import APIRouter, Request
from pydantic import BaseModel, field_validator
from starlette.responses import JSONResponse, Response

from contracted import ThingCreate, Writer
from padstone.errors import ConflictError, ValidationError
from padstone.problems import ProblemResponse, problem_responses
from padstone.testing.contract import World, errors

GENERATED = (
    errors.test_c6_a_body_that_is_no_json_is_400,
    errors.test_c6_a_body_of_another_kind_is_415,
    errors.test_c6_a_body_that_is_too_large_is_413,
    errors.test_c6_values_that_do_not_fit_are_422,
)


async def test_a_system_that_keeps_them_all(make_world: Any) -> None:
    async with make_world() as world:
        await errors.test_c6_a_path_that_is_not_there_is_404(world)
        await errors.test_c6_a_method_that_is_not_there_is_405(world)
        for one in world.operations.values():
            for check in GENERATED if one.takes_json else ():
                await check(world, one)


async def call(world: World, name: str = "create_fault") -> None:
    one = world.operations[name]
    await world.call(one, await world.able(one))


def faulty(answer: Any, **options: Any) -> APIRouter:
    router = APIRouter(prefix="/faults")

    @router.post("", **options)
    async def create_fault(_: Writer, body: ThingCreate) -> None:
        if isinstance(answer, Exception):
            raise answer
        return answer  # type: ignore[no-any-return]  # whatever the fault is

    return router


async def test_a_status_that_is_not_documented(make_world: Any) -> None:
    async with make_world(faulty(ConflictError())) as world:
        with pytest.raises(AssertionError, match="409, which its OpenAPI entry does not name"):
            await call(world)


async def test_a_kind_that_is_not_documented(make_world: Any) -> None:
    async with make_world(faulty(Response("hello", media_type="text/plain"))) as world:
        with pytest.raises(AssertionError, match="answered 200 with text/plain"):
            await call(world)


@pytest.mark.parametrize(
    "body",
    [
        {"detail": "Not found"},
        {"type": "x", "title": "x", "status": 404, "detail": "x", "code": "x", "errors": []},
    ],
)
async def test_an_error_of_another_shape(make_world: Any, body: dict[str, Any]) -> None:
    answer = JSONResponse(body, status_code=409, media_type="application/problem+json")
    async with make_world(faulty(answer, responses=problem_responses(409))) as world:
        with pytest.raises(AssertionError, match="/faults"):
            await call(world)


async def test_a_wait_that_is_not_said(make_world: Any) -> None:
    router = APIRouter(prefix="/faults")

    @router.post("", responses=problem_responses(429))
    async def create_fault(request: Request, _: Writer, body: ThingCreate) -> Response:
        return ProblemResponse(request.scope, status=429, code="slow", detail="Slow down.")

    async with make_world(router) as world:
        with pytest.raises(AssertionError, match="Slow down"):
            await call(world)


async def test_an_error_that_repeats_what_was_sent(make_world: Any) -> None:
    class Echo(BaseModel):
        name: str

        @field_validator("name", mode="before")
        @classmethod
        def _echo(cls, value: object) -> object:
            raise ValueError(f"{value} is no name")

    router = APIRouter(prefix="/faults")

    @router.post("")
    async def create_fault(_: Writer, body: Echo) -> None: ...

    async with make_world(router) as world:
        with pytest.raises(AssertionError, match="repeats what was sent"):
            await errors.test_c6_values_that_do_not_fit_are_422(
                world, world.operations["create_fault"]
            )


async def test_a_refusal_that_names_no_field(make_world: Any) -> None:
    router = APIRouter(prefix="/faults")

    @router.post("")
    async def create_fault(_: Writer, body: dict[str, Any] | str) -> None:
        raise ValidationError("It does not fit.")

    async with make_world(router) as world:
        with pytest.raises(AssertionError, match="create_fault names no field"):
            await errors.test_c6_values_that_do_not_fit_are_422(
                world, world.operations["create_fault"]
            )


async def test_a_route_that_reads_whatever_is_sent(make_world: Any) -> None:
    schema = {"content": {"application/json": {"schema": {"type": "object", "properties": {}}}}}
    router = APIRouter(prefix="/faults")

    @router.post("", openapi_extra={"requestBody": schema})
    async def create_fault(_: Writer, request: Request) -> None:
        await request.body()

    async with make_world(router) as world:
        one = world.operations["create_fault"]
        for check in (GENERATED[0], GENERATED[1]):
            with pytest.raises(AssertionError, match="expected 4"):
                await check(world, one)


async def test_a_path_that_answers_everything(make_world: Any) -> None:
    async def everything(_: Request) -> Response:
        return Response("here")

    async with make_world() as world:
        world.app.add_route("/{path:path}", everything, include_in_schema=False)
        with pytest.raises(AssertionError, match="expected 404"):
            await errors.test_c6_a_path_that_is_not_there_is_404(world)


async def test_a_path_that_answers_to_any_method(make_world: Any) -> None:
    async def anything(_: Request) -> Response:
        return Response("here")

    async with make_world() as world:
        world.app.router.routes.insert(0, route("/things", anything))
        with pytest.raises(AssertionError, match="expected 405"):
            await errors.test_c6_a_method_that_is_not_there_is_405(world)


def route(path: str, endpoint: Any) -> Any:
    from starlette.routing import Route

    return Route(path, endpoint, methods=["TRACE"])

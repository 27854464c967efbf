"""Answers without their headers, log lines with a secret, and a route that lets every origin in."""

import json
import sys
from typing import Any

import pytest
from fastapi import APIRouter, Request
from starlette.responses import JSONResponse

from contracted import Reader, ThingRead
from padstone.testing.contract import headers


async def test_a_system_that_keeps_them(make_world: Any, capfd: pytest.CaptureFixture[str]) -> None:
    async with make_world() as world:
        await headers.test_c7_the_clients_own_id_is_kept(world)
        await headers.test_c8_only_configured_origins_may_call(world)
        await headers.test_c7_one_line_for_each_request_and_no_secret_in_it(world, capfd)


@pytest.mark.parametrize(
    "line",
    [
        {"event": "request", "request_id": "id-list_faults"},
        {"event": "called", "request_id": "another"},
        {"event": "called", "by": "SECRET"},
    ],
    ids=["twice", "another id", "a secret"],
)
async def test_a_line_that_should_not_be_there(
    make_world: Any, capfd: pytest.CaptureFixture[str], line: dict[str, str]
) -> None:
    router = APIRouter(prefix="/faults")

    @router.get("")
    async def list_faults(_: Reader, request: Request) -> list[ThingRead]:
        secret = request.headers["authorization"].removeprefix("Bearer ")
        # Not by the log, which redacts what looks like a key.
        sys.stderr.write(json.dumps(line).replace("SECRET", secret) + "\n")
        return []

    async with make_world(router) as world:
        with pytest.raises(AssertionError, match="list_faults"):
            await headers.test_c7_one_line_for_each_request_and_no_secret_in_it(world, capfd)


async def test_an_answer_without_its_headers(make_world: Any) -> None:
    async with make_world() as world:
        world.app.middleware_stack = world.app.build_middleware_stack().app
        with pytest.raises(AssertionError, match="GET /"):
            await headers.test_c7_the_clients_own_id_is_kept(world)


async def test_an_answer_that_lets_every_origin_in(make_world: Any) -> None:
    router = APIRouter(prefix="/faults")

    @router.get("", response_model=list[ThingRead])
    async def list_faults() -> JSONResponse:
        return JSONResponse([], headers={"Access-Control-Allow-Origin": "*"})

    async with make_world(router) as world:
        with pytest.raises(AssertionError, match="list_faults lets"):
            await headers.test_c8_only_configured_origins_may_call(world)

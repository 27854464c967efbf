"""What holds for every request: id, timing, headers, one log line (C7)."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
import structlog
from fastapi import APIRouter
from starlette.responses import JSONResponse

from padstone.middleware import SECURITY_HEADERS
from padstone.settings import Settings
from padstone.testing.running import run

MakeClient = Callable[..., Any]


def _router() -> APIRouter:
    router = APIRouter()

    @router.get("/things/{name}")
    async def read_thing(name: str) -> str:
        structlog.get_logger().info("looked at", thing=name)
        logging.getLogger("someone.else").info("looked too")
        return name

    @router.get("/cached")
    async def cached() -> JSONResponse:
        return JSONResponse({}, headers={"Cache-Control": "public, max-age=60"})

    return router


def _settings(**values: str) -> Settings:
    return Settings(LOG_LEVEL="INFO", LOG_FORMAT="json", **values)  # type: ignore[arg-type]


@pytest.mark.parametrize("path", ["/things/a", "/nowhere", "/health/live", "/docs"])
async def test_every_answer_has_its_headers(started: MakeClient, path: str) -> None:
    async with started(_router()) as client:
        answer = await client.get(path)
    assert len(answer.headers["x-request-id"]) == 32
    assert answer.headers["server-timing"].startswith("app;dur=")
    for name in SECURITY_HEADERS:
        assert answer.headers.get_list(name) == [answer.headers[name]]


async def test_promise_8_answers_close_their_connections_from_the_signal_on(make_app: Any) -> None:
    app = make_app(_router())
    async with run(app, app.settings) as running, running.client() as client:
        for path in ("/things/a", "/nowhere", "/health/ready"):
            assert "connection" not in (await client.get(path)).headers
        running.state["shutdown"].ask()
        for path in ("/things/a", "/nowhere", "/health/ready"):
            assert (await client.get(path)).headers.get_list("connection") == ["close"]


async def test_hsts_is_for_where_strangers_are(started: MakeClient) -> None:
    deployed = Settings(ENVIRONMENT="staging", SECRET_KEY="x" * 40)
    async with started(settings=deployed) as client:
        assert "strict-transport-security" in (await client.get("/health/live")).headers
    async with started() as client:
        assert "strict-transport-security" not in (await client.get("/health/live")).headers


async def test_a_route_may_say_otherwise(started: MakeClient) -> None:
    async with started(_router()) as client:
        answer = await client.get("/cached")
    assert answer.headers.get_list("cache-control") == ["public, max-age=60"]


@pytest.mark.parametrize("given", ["abcd-1234.XYZ_9", "a" * 128])
async def test_a_well_formed_id_of_the_client_is_kept(started: MakeClient, given: str) -> None:
    async with started() as client:
        answer = await client.get("/health/live", headers={"X-Request-ID": given})
    assert answer.headers["x-request-id"] == given


@pytest.mark.parametrize(
    "given", ["short", "a" * 129, "with space 123", 'quote"12345', "ümlaut-1234"]
)
async def test_any_other_id_is_replaced(started: MakeClient, given: str) -> None:
    async with started() as client:
        answer = await client.get("/health/live", headers={"X-Request-ID": given.encode()})
    assert answer.headers["x-request-id"] != given
    assert len(answer.headers["x-request-id"]) == 32


async def test_one_line_per_request_with_the_id_of_the_applications_own_lines(
    started: MakeClient, capfd: pytest.CaptureFixture[str]
) -> None:
    async with started(_router(), settings=_settings()) as client:
        capfd.readouterr()
        answer = await client.get("/things/a%0a%22b?token=sk_live_secretsecret")
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert [line["event"] for line in lines] == ["looked at", "looked too", "request"]
    assert {line["request_id"] for line in lines} == {answer.headers["x-request-id"]}
    access = lines[-1]
    assert access["method"] == "GET"
    assert access["path"] == '/things/a\n"b'
    assert access["route"] == "/things/{name}"
    assert access["status"] == 200
    assert access["bytes"] == len(answer.content)
    assert "secretsecret" not in json.dumps(lines)


async def test_an_id_does_not_reach_the_next_request(
    started: MakeClient, capfd: pytest.CaptureFixture[str]
) -> None:
    async with started(_router(), settings=_settings()) as client:
        capfd.readouterr()
        ids = [(await client.get("/things/a")).headers["x-request-id"] for _ in range(2)]
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert [line["request_id"] for line in lines] == [ids[0]] * 3 + [ids[1]] * 3

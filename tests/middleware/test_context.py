"""What holds for every request: id, timing, headers, one log line (C7)."""

import json
import logging
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
import structlog
from fastapi import APIRouter
from starlette.responses import JSONResponse

from padstone.log.access import ACCESS
from padstone.middleware import SECURITY_HEADERS, Metrics, RequestContext
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


async def test_lines_wait_only_while_the_application_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(ACCESS, "hold", lambda: said.append("hold"))
    monkeypatch.setattr(ACCESS, "release", lambda: said.append("release"))

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        for kind in ("startup.complete", "shutdown.complete"):
            await send({"type": f"lifespan.{kind}"})

    async def send(message: Any) -> None:
        said.append(message["type"])

    await RequestContext(app, metrics=Metrics(), headers=())({"type": "lifespan"}, send, send)
    assert said == ["hold", "lifespan.startup.complete", "lifespan.shutdown.complete", "release"]


def _logging_router() -> APIRouter:
    router = APIRouter()

    @router.get("/bound")
    async def bound() -> None:
        structlog.contextvars.bind_contextvars(tenant="a")

    @router.get("/free")
    async def free() -> None:
        structlog.get_logger().info("looked")

    @router.get("/defect")
    async def defect() -> None:
        raise KeyError

    return router


async def test_what_one_request_binds_is_in_its_line_and_in_no_other(
    started: MakeClient, capfd: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(LOG_LEVEL="INFO", LOG_FORMAT="json")
    async with started(_logging_router(), settings=settings) as client:
        capfd.readouterr()
        for path in ("/bound", "/free"):
            await client.get(path)
    written = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert [(line["event"], line.get("tenant")) for line in written] == [
        ("request", "a"),
        ("looked", None),
        ("request", None),
    ]


async def test_an_error_that_nobody_caught_stands_before_its_request(
    started: MakeClient, capfd: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(LOG_LEVEL="INFO", LOG_FORMAT="json")
    async with started(_logging_router(), settings=settings) as client:
        capfd.readouterr()
        answer = await client.get("/defect")
    written = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert [line["event"] for line in written] == ["unhandled error", "request"]
    assert {line["request_id"] for line in written} == {answer.headers["x-request-id"]}
    assert written[-1]["status"] == 500


async def test_at_another_level_there_is_no_line(
    started: MakeClient, capfd: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(LOG_LEVEL="WARNING", LOG_FORMAT="json")
    async with started(_logging_router(), settings=settings) as client:
        await client.get("/free")
    assert capfd.readouterr().err == ""


APP = """
import structlog
from fastapi import APIRouter
from padstone.app import create_app
from padstone.settings import Settings

router = APIRouter()

@router.get("/warned/{number}")
async def warned(number: int) -> int:
    structlog.get_logger().warning("careful", number=number)
    return number

@router.get("/quiet/{number}")
async def quiet(number: int) -> int:
    return number

app = create_app(Settings(), title="Things", version="1", routers=[router])
"""


@contextmanager
def serving(folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[bytes], str, Path]]:
    """A plain uvicorn, its address, and the file that is its standard error."""
    (folder / "things.py").write_text(APP)
    log = folder / "log"
    command = [sys.executable, "-m", "uvicorn", "things:app", "--port", "0", *arguments]
    # Without a folder of .env, and with nothing of this process's own.
    environment = {"PATH": os.environ["PATH"], "LOG_FORMAT": "json", "ENVIRONMENT": "test"}
    environment["LOG_LEVEL"] = "INFO"
    with (
        log.open("wb") as stream,
        subprocess.Popen(command, cwd=folder, stderr=stream, env=environment) as process,
    ):
        try:
            while not (found := re.search(r"running on (http://\S+?:[1-9]\d*)", log.read_text())):
                assert process.poll() is None, log.read_text()
                time.sleep(0.05)
            yield process, found[1], log
        finally:
            process.kill()


def lines_of(log: Path) -> list[dict[str, Any]]:
    """The JSON lines; what uvicorn said before our configuration is none."""
    return [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_stopped_has_written_every_line(tmp_path: Path, number: int) -> None:
    with serving(tmp_path) as (process, url, log), httpx2.Client(base_url=url) as client:
        for index in range(20):
            client.get(f"/quiet/{index}")
        process.send_signal(number)
        client.close()
        process.wait(60)
    paths = [line["path"] for line in lines_of(log) if line["event"] == "request"]
    assert paths == [f"/quiet/{index}" for index in range(20)]


def test_a_warning_stands_behind_the_requests_before_it(tmp_path: Path) -> None:
    with serving(tmp_path) as (process, url, log), httpx2.Client(base_url=url) as client:
        for index in range(5):
            client.get(f"/quiet/{index}")
        client.get("/warned/5")
        process.kill()  # what was written before the warning is not lost by this
        process.wait(60)
    seen = [line["event"] for line in lines_of(log) if line["event"] in {"request", "careful"}]
    assert seen[:6] == [*["request"] * 5, "careful"]

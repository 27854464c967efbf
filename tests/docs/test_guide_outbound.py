"""The guide's calls are made as they are printed."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
import pytest_asyncio
from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse

from padstone.outbound import OutboundClient
from padstone.settings import OutboundSettings
from padstone.testing.servers import free_port

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "guide" / "outbound.md").read_text()
SNIPPETS: dict[str, str] = dict(re.findall(r"```python file=(\S+)\n(.*?)```", PAGE, re.DOTALL))


class Settings(OutboundSettings):
    SYSTEM: ClassVar[str] = "page"


def run(name: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": name}
    exec(compile(SNIPPETS[name], name, "exec"), names)  # noqa: S102  # it is what is tested
    return names


@pytest_asyncio.fixture
async def elsewhere(make_app: Any) -> AsyncIterator[str]:
    """A service that knows rates and says words."""
    import asyncio

    import uvicorn

    router = APIRouter()

    @router.get("/latest")
    async def latest(base: str) -> dict[str, Any]:
        return {"base": base, "rates": {"USD": 1.5}}

    @router.post("/words")
    async def words(request: Request) -> PlainTextResponse:
        assert await request.json() == {"ask": "anything"}
        return PlainTextResponse("one\ntwo\n")

    @router.post("/hook", status_code=202)
    async def hook() -> None: ...

    port = free_port()
    config = uvicorn.Config(make_app(router), host="127.0.0.1", port=port, log_config=None)
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[method-assign, attr-defined]
    serving = asyncio.create_task(server._serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await serving


async def test_the_routes_call(elsewhere: str, started: Any) -> None:
    names = run("routes.py")
    names["RATES"] = f"{elsewhere}/latest"
    settings = Settings(OUTBOUND_ALLOWED_NETWORKS=["127.0.0.1/32"])
    async with started(names["router"], settings=settings) as client:
        assert (await client.get("/rates")).json() == {"USD": 1.5}
        hook = {"url": f"{elsewhere}/hook"}
        assert (await client.post("/hooks/test", json=hook)).json() == 202
        refused = await client.post("/hooks/test", json={"url": "http://10.0.0.1/"})
        assert (refused.status_code, refused.json()["code"]) == (422, "forbidden_address")


async def test_the_stream_is_read(elsewhere: str) -> None:
    client = OutboundClient(Settings())
    assert await run("stream.py")["words"](client, f"{elsewhere}/words") == ["one", "two"]
    await client.close()


def test_the_settings_of_the_guide_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    [printed] = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    for line in printed.splitlines():
        monkeypatch.setenv(*line.split("=", 1))
    assert Settings().OUTBOUND_ALLOWED_NETWORKS == ["10.20.0.0/16"]

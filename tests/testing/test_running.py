"""Several started applications live side by side, each with a state of its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI, Request

from padstone import backing, create_app
from padstone.settings import Settings
from padstone.testing.running import run


class Plain(Settings):
    SYSTEM = "plain"


router = APIRouter()


@router.get("/port")
async def port(request: Request) -> int:
    request.state.mark = True
    found: int = request.state.settings.PORT
    return found


@router.get("/fail")
async def fail() -> None:
    raise KeyError("c4n4ry")


@pytest.fixture(scope="module")
def made() -> Any:
    return create_app(Plain(PORT=1), title="Plain", version="1", routers=[router])


async def test_each_has_the_settings_it_was_started_with(made: Any) -> None:
    async with run(made, Plain(PORT=2)) as two, run(made, Plain(PORT=3)) as three:
        assert backing.attach(made.settings).settings.PORT == 1
        async with two.client() as client, three.client() as other:
            assert (await client.get("/port")).json() == 2
            assert (await other.get("/port")).json() == 3
            assert (await client.get("/port")).json() == 2
        assert "mark" not in two.state
    assert made.settings.PORT == 1


async def test_a_failure_is_an_answer_as_it_is_for_everybody(made: Any) -> None:
    async with run(made, Plain()) as running, running.client() as client:
        answer = await client.get("/fail")
    assert answer.status_code == 500
    assert "c4n4ry" not in answer.text


async def test_a_start_that_fails_leaves_the_application_as_it_was(
    made: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(made, "attach", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        await run(made, Plain(PORT=2)).__aenter__()
    assert backing.attach(made.settings).settings.PORT == 1


async def test_one_that_create_app_has_not_made_takes_them_too() -> None:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Any]]:
        yield {"settings": (await asyncio.to_thread(backing.attach, Plain(PORT=1))).settings}

    app = FastAPI(lifespan=lifespan)
    app.include_router(router)
    async with run(app, Plain(PORT=2)) as running, running.client() as client:
        assert (await client.get("/port")).json() == 2
        with pytest.raises(TypeError, match="create_app"):
            _ = running.application


async def test_a_client_takes_options(made: Any) -> None:
    async with run(made, Plain()) as running:
        async with running.client(headers={"X-Request-ID": "abc-123-def-456"}) as client:
            answer = await client.get("/port")
        assert answer.headers["x-request-id"] == "abc-123-def-456"

"""The signer in a route."""

from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from padstone.pages import BadCursorError, CursorSigner, CursorSignerDep
from padstone.problems import add_problem_handlers
from padstone.settings import Settings

app = FastAPI()
add_problem_handlers(app)


@app.get("/cursor")
async def cursor(signer: CursorSignerDep) -> str:
    return signer.write([7], context=[])


async def get(**state: Any) -> httpx2.Response:
    transport = httpx2.ASGITransport(app=lambda s, r, w: app({**s, "state": state}, r, w))
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.get("/cursor")


async def test_it_signs_with_the_application_s_secret() -> None:
    answer = await get(settings=Settings(SECRET_KEY=SecretStr("a" * 40)))
    assert CursorSigner(SecretStr("a" * 40)).read(answer.json(), context=[]) == [7]
    with pytest.raises(BadCursorError):
        CursorSigner(SecretStr("b" * 40)).read(answer.json(), context=[])


async def test_an_application_that_has_not_started_says_so() -> None:
    assert (await get()).status_code == 503

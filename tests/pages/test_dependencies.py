"""The signer in a route."""

from typing import Any

import httpx2
from fastapi import FastAPI
from pydantic import SecretStr

from padstone.pages import CursorSigner, CursorSignerDep
from padstone.problems import add_problem_handlers

app = FastAPI()
add_problem_handlers(app)


@app.get("/cursor")
async def cursor(signer: CursorSignerDep) -> str:
    return signer.write([7], context=[])


async def get(**state: Any) -> httpx2.Response:
    transport = httpx2.ASGITransport(app=lambda s, r, w: app({**s, "state": state}, r, w))
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.get("/cursor")


async def test_a_route_gets_the_application_s_signer() -> None:
    signer = CursorSigner(SecretStr("a" * 40))
    answer = await get(cursor_signer=signer)
    assert signer.read(answer.json(), context=[]) == [7]


async def test_an_application_that_has_not_started_says_so() -> None:
    assert (await get()).status_code == 503

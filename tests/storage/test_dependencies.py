"""The storage in a route."""

import httpx2
from fastapi import FastAPI

from padstone.problems import add_problem_handlers
from padstone.storage import Storage, StorageDep

app = FastAPI()
add_problem_handlers(app)


@app.get("/size/{key}")
async def size(key: str, storage: StorageDep) -> int:
    return (await storage.head(key)).size


async def get(path: str, **state: object) -> httpx2.Response:
    transport = httpx2.ASGITransport(app=lambda s, r, w: app({**s, "state": state}, r, w))
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.get(path)


async def test_a_route_reads_the_storage(storage: Storage) -> None:
    await storage.put("a", b"12345", content_type="text/plain")
    assert (await get("/size/a", storage=storage)).json() == 5
    missing = await get("/size/b", storage=storage)
    assert (missing.status_code, missing.json()["code"]) == (404, "object_not_found")


async def test_an_application_that_has_not_started_says_so() -> None:
    answer = await get("/size/a")
    assert answer.status_code == 503
    assert "not started" in answer.json()["detail"]

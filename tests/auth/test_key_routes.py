from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio
from fastapi import FastAPI
from sqlalchemy import text
from starlette.types import Receive, Scope, Send

from padstone.auth import NewKey, key_routes
from padstone.db import Database
from padstone.ids import encode_public_id
from padstone.pages import CursorSigner
from padstone.problems import add_problem_handlers
from padstone.settings import DatabaseSettings

MakeKey = Callable[..., Awaitable[NewKey]]
UNKNOWN = encode_public_id("key", UUID(int=1))


@pytest.fixture(scope="module")
def app() -> FastAPI:
    app = FastAPI()
    add_problem_handlers(app)
    app.include_router(key_routes, prefix="/keys")
    return app


@pytest_asyncio.fixture
async def client(
    app: FastAPI, opened: Any, database: Database, settings: DatabaseSettings
) -> AsyncIterator[httpx2.AsyncClient]:
    async with opened() as authenticator:

        async def started(scope: Scope, receive: Receive, send: Send) -> None:
            signer = CursorSigner(settings.SECRET_KEY)
            state = {"api_keys": authenticator, "database": database, "cursor_signer": signer}
            await app(scope | {"state": state}, receive, send)

        transport = httpx2.ASGITransport(app=started)
        async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
            yield client


@pytest_asyncio.fixture
async def keeper(client: httpx2.AsyncClient, new_key: MakeKey) -> httpx2.AsyncClient:
    """The client, with a key that may keep keys and read things."""
    made = await new_key(name="keeper", scopes=["keys:read", "keys:write", "things:read"])
    client.headers["X-API-Key"] = made.secret
    return client


async def create(client: httpx2.AsyncClient, **body: Any) -> Any:
    response = await client.post("/keys", json={"name": "ci", "scopes": ["things:read"], **body})
    assert response.status_code == 201, response.text
    return response.json()


async def test_a6_a_keys_whole_life(keeper: httpx2.AsyncClient) -> None:
    made = await create(keeper)
    path = f"/keys/{made['id']}"
    secret = made.pop("secret")
    assert made["prefix"] == secret[:12]
    assert (await keeper.get(path)).json() == made

    renamed = await keeper.patch(path, json={"name": " build server "})
    assert renamed.json() == {**made, "name": "build server"}

    rotated = await keeper.post(f"{path}/rotate", json={"overlap_seconds": 60})
    assert rotated.status_code == 201
    assert rotated.json()["name"] == "build server"
    assert (await keeper.get(path)).json()["rotated_to"] == rotated.json()["id"]
    assert (await keeper.post(f"{path}/rotate", json={})).status_code == 409

    for _ in range(2):
        assert (await keeper.delete(path)).status_code == 204
    assert (await keeper.get(path)).json()["revoked_at"] is not None

    listed = (await keeper.get("/keys")).json()
    assert [item["id"] for item in listed["items"]][:2] == [rotated.json()["id"], made["id"]]
    assert "secret" not in str(listed)


async def test_a6_a_revoked_key_is_refused_by_the_next_request(
    keeper: httpx2.AsyncClient,
) -> None:
    made = await create(keeper, scopes=["keys:read"], mode="test")
    headers = {"X-API-Key": made["secret"]}
    assert (await keeper.get("/keys", headers=headers)).status_code == 200
    await keeper.delete(f"/keys/{made['id']}")
    assert (await keeper.get("/keys", headers=headers)).status_code == 401


async def test_a6_the_list_has_pages(keeper: httpx2.AsyncClient) -> None:
    names = [(await create(keeper, name=f"n{number}"))["name"] for number in range(3)]
    seen: list[str] = []
    cursor: str | None = None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await keeper.get("/keys", params=query)).json()
        seen += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [*reversed(names), "keeper"]


async def test_a6_no_key_gives_more_than_it_has(
    keeper: httpx2.AsyncClient, new_key: MakeKey
) -> None:
    body = {"name": "x", "scopes": ["things:write"]}
    assert (await keeper.post("/keys", json=body)).status_code == 403
    wide = await new_key(scopes=["things:write"])
    path = f"/keys/{encode_public_id('key', wide.key.id)}/rotate"
    assert (await keeper.post(path, json={})).status_code == 403


async def test_a6_the_scopes_for_keys_are_needed(
    client: httpx2.AsyncClient, new_key: MakeKey
) -> None:
    reader = await new_key(scopes=["keys:read"])
    writer = await new_key(scopes=["keys:write"])
    own = f"/keys/{encode_public_id('key', reader.key.id)}"
    for method, path, needs_write in (
        ("GET", "/keys", False),
        ("GET", own, False),
        ("POST", "/keys", True),
        ("PATCH", own, True),
        ("POST", f"{own}/rotate", True),
        ("DELETE", own, True),
    ):
        refused = reader if needs_write else writer
        headers = {"X-API-Key": refused.secret}
        response = await client.request(method, path, headers=headers, json={"name": "x"})
        assert response.status_code == 403, (method, path)
        assert (await client.request(method, path)).status_code == 401, (method, path)


async def test_a6_anothers_key_is_like_none(
    keeper: httpx2.AsyncClient,
    new_key: MakeKey,
    new_owner: Callable[[], Awaitable[UUID]],
    database: Database,
) -> None:
    theirs = await new_key(owner_id=await new_owner())
    for key_id in (encode_public_id("key", theirs.key.id), UNKNOWN):
        for method, path, body in (
            ("GET", f"/keys/{key_id}", None),
            ("PATCH", f"/keys/{key_id}", {"name": "mine"}),
            ("POST", f"/keys/{key_id}/rotate", {}),
            ("DELETE", f"/keys/{key_id}", None),
        ):
            response = await keeper.request(method, path, json=body)
            assert response.status_code == 404, (method, path)
            assert response.json()["detail"] == "There is no such key."
    async with database.read_session() as session:
        query = text("SELECT name, revoked_at, rotated_to FROM api_keys WHERE id = :id")
        row = (await session.execute(query, {"id": theirs.key.id})).one()
    assert tuple(row) == ("laptop", None, None)


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "/keys", {"scopes": []}, "body.name"),
        ("POST", "/keys", {"name": " ", "scopes": []}, "body.name"),
        ("POST", "/keys", {"name": "x" * 101, "scopes": []}, "body.name"),
        ("POST", "/keys", {"name": "x", "scopes": [], "revoked_at": None}, "body.revoked_at"),
        ("POST", "/keys", {"name": "x", "scopes": [], "mode": "both"}, "body.mode"),
        ("POST", "/keys", {"name": "x", "scopes": ["things:burn"]}, "scopes"),
        ("POST", "/keys", {"name": "x", "scopes": [], "expires_at": "2020-01-01T00:00:00Z"}, "ex"),
        ("POST", "/keys", {"name": "x", "scopes": [], "expires_at": "2099-01-01T00:00:00"}, "body"),
        (
            "POST",
            "/keys",
            {"name": "x", "scopes": [], "expires_at": "9999-12-31T23:00:00-12:00"},
            "ex",
        ),
        (
            "POST",
            "/keys",
            {"name": "x", "scopes": [], "expires_at": "0001-01-01T00:00:00+12:00"},
            "ex",
        ),
        ("POST", "/keys", {"name": "x", "scopes": ["a"] * 101}, "body.scopes"),
        ("POST", "/keys", {"name": "x\0", "scopes": []}, ""),
        ("PATCH", f"/keys/{UNKNOWN}", {"name": None}, "body.name"),
        ("POST", f"/keys/{UNKNOWN}/rotate", {"overlap_seconds": -1}, "body.overlap_seconds"),
        ("POST", f"/keys/{UNKNOWN}/rotate", {"overlap_seconds": 10**7}, "overlap_seconds"),
        ("POST", f"/keys/{UNKNOWN}/rotate", {"overlap_seconds": 10**30}, "body.overlap_seconds"),
        ("POST", f"/keys/{UNKNOWN}/rotate", {"overlap_seconds": "60"}, "body.overlap_seconds"),
        ("GET", "/keys/key_short", None, "path.key_id"),
        ("GET", f"/keys/{UUID(int=1)}", None, "path.key_id"),
    ],
)
async def test_bad_input_names_the_field(
    keeper: httpx2.AsyncClient, method: str, path: str, body: Any, field: str
) -> None:
    response = await keeper.request(method, path, json=body)
    assert response.status_code == 422, response.text
    if field:
        assert response.json()["errors"][0]["field"].startswith(field)

"""A8: artifacts, from announcement to deletion."""

from typing import Any

import httpx2
import pytest
from callers import Caller, MakeCaller
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.services.objects import sweep_abandoned
from padstone.testing.running import Running

OBJECTS = "/api/v1/objects"
BYTES = b"a,b\n1,2\n"
WANTED = {"name": "résultats 1.csv", "content_type": "text/csv", "size_bytes": len(BYTES)}


async def _announce(client: httpx2.AsyncClient, caller: Caller, **values: Any) -> dict[str, Any]:
    answer = await client.post(OBJECTS, json={**WANTED, **values}, headers=caller.headers)
    assert answer.status_code == 201, answer.text
    created: dict[str, Any] = answer.json()
    assert answer.headers["location"] == f"{OBJECTS}/{created['id']}"
    return created


async def _upload(created: dict[str, Any], content: bytes = BYTES, **headers: str) -> int:
    link = created["upload"]
    sending = httpx2.Headers(link["headers"])
    sending.update(headers)
    async with httpx2.AsyncClient() as storage:
        sent = await storage.request(link["method"], link["url"], content=content, headers=sending)
    return int(sent.status_code)


async def _stored(client: httpx2.AsyncClient, caller: Caller) -> dict[str, Any]:
    created = await _announce(client, caller)
    assert await _upload(created) == 200
    answer = await client.post(f"{OBJECTS}/{created['id']}/complete", headers=caller.headers)
    assert answer.status_code == 200, answer.text
    stored: dict[str, Any] = answer.json()
    assert stored["status"] == "stored"
    return stored


async def test_a8_up_and_down(client: httpx2.AsyncClient, caller: Caller) -> None:
    stored = await _stored(client, caller)
    link = await client.get(f"{OBJECTS}/{stored['id']}/download", headers=caller.headers)
    async with httpx2.AsyncClient() as storage:
        got = await storage.get(link.json()["url"])
    assert got.content == BYTES
    assert got.headers["content-type"] == "text/csv"
    assert got.headers["content-disposition"].startswith("attachment")
    assert "r%C3%A9sultats%201.csv" in got.headers["content-disposition"]


@pytest.mark.embedded_s3
async def test_a8_the_storage_refuses_another_size_or_type(
    client: httpx2.AsyncClient, caller: Caller
) -> None:
    created = await _announce(client, caller)
    assert await _upload(created, BYTES + b"x", **{"content-length": str(len(BYTES) + 1)}) == 403
    assert await _upload(created, **{"content-type": "text/html"}) == 403
    assert await _upload(created) == 200


async def test_a8_complete_looks_for_the_bytes(client: httpx2.AsyncClient, caller: Caller) -> None:
    created = await _announce(client, caller)
    url = f"{OBJECTS}/{created['id']}"
    early = await client.post(f"{url}/complete", headers=caller.headers)
    assert (early.status_code, early.json()["code"]) == (409, "object_not_uploaded")
    download = await client.get(f"{url}/download", headers=caller.headers)
    assert download.status_code == 409


async def test_a8_complete_may_be_repeated(client: httpx2.AsyncClient, caller: Caller) -> None:
    stored = await _stored(client, caller)
    again = await client.post(f"{OBJECTS}/{stored['id']}/complete", headers=caller.headers)
    assert again.json() == stored


async def test_a8_deleted_bytes_are_gone(client: httpx2.AsyncClient, caller: Caller) -> None:
    stored = await _stored(client, caller)
    url = f"{OBJECTS}/{stored['id']}"
    link = (await client.get(f"{url}/download", headers=caller.headers)).json()["url"]
    async with httpx2.AsyncClient() as storage:
        assert (await storage.get(link)).status_code == 200
        assert (await client.delete(url, headers=caller.headers)).status_code == 204
        assert (await client.get(url, headers=caller.headers)).status_code == 404
        # Some storages say 403, since whether there was an object is nobody's business.
        assert (await storage.get(link)).status_code in {403, 404}


async def test_a8_the_list_holds_ones_own_only(
    client: httpx2.AsyncClient, make_caller: MakeCaller
) -> None:
    one, other = await make_caller(), await make_caller()
    mine = [(await _announce(client, one, name=f"{n}.csv"))["id"] for n in range(3)]
    await _announce(client, other)
    listed = await client.get(OBJECTS, headers=one.headers)
    assert [item["id"] for item in listed.json()["items"]] == list(reversed(mine))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("size_bytes", 0),
        ("size_bytes", 104_857_601),
        ("size_bytes", "12"),
        ("name", ""),
        ("name", "../../etc/passwd"),
        ("name", "a\u0000b"),
        ("content_type", "html"),
        ("content_type", "text/html\r\nx: y"),
        ("owner", "me"),
    ],
)
async def test_a8_what_cannot_be_is_named(
    client: httpx2.AsyncClient, caller: Caller, field: str, value: object
) -> None:
    answer = await client.post(OBJECTS, json={**WANTED, field: value}, headers=caller.headers)
    assert answer.status_code == 422
    assert [item["field"] for item in answer.json()["errors"]] == [f"body.{field}"]


async def test_a8_an_account_keeps_so_many(
    client: httpx2.AsyncClient,
    caller: Caller,
    running: Running,
) -> None:
    settings = running.state["settings"].model_copy(update={"OBJECT_QUOTA": 2})
    with_quota = Running(running.app, {**running.state, "settings": settings})
    async with with_quota.client() as limited:
        for _ in range(2):
            await _announce(limited, caller)
        third = await limited.post(OBJECTS, json=WANTED, headers=caller.headers)
    assert (third.status_code, third.json()["code"]) == (409, "object_quota_reached")


async def test_a8_abandoned_uploads_are_swept(
    client: httpx2.AsyncClient, caller: Caller, session: AsyncSession, running: Running
) -> None:
    kept = await _stored(client, caller)
    await _announce(client, caller)
    await session.execute(text("UPDATE objects SET upload_expires_at = now() - interval '2 hours'"))
    assert await sweep_abandoned(session, running.state["storage"]) == 1
    await session.commit()
    listed = await client.get(OBJECTS, headers=caller.headers)
    assert [item["id"] for item in listed.json()["items"]] == [kept["id"]]

"""A6: the life of API keys through the API."""

from typing import Any

import httpx2
import pytest
from callers import Caller, MakeCaller
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.security import Scope
from app.models import ApiKey

KEYS = "/api/v1/keys"


async def _create(client: httpx2.AsyncClient, caller: Caller, **body: Any) -> dict[str, Any]:
    wanted = {"name": "laptop", "scopes": ["keys:read"], **body}
    answer = await client.post(KEYS, json=wanted, headers=caller.headers)
    assert answer.status_code == 201, answer.text
    created: dict[str, Any] = answer.json()
    return created


def _bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


async def test_a6_the_secret_is_shown_once_and_stored_nowhere(
    client: httpx2.AsyncClient, caller: Caller, session: AsyncSession
) -> None:
    created = await _create(client, caller)
    secret = created["secret"]
    assert secret.startswith("sk_live_")
    listed = await client.get(KEYS, headers=caller.headers)
    one = await client.get(f"{KEYS}/{created['id']}", headers=caller.headers)
    assert secret not in listed.text + one.text
    assert created["id"] in {item["id"] for item in listed.json()["items"]}
    rows = await session.scalars(select(ApiKey))
    stored = " ".join(
        str(getattr(row, column.key)) for row in rows for column in ApiKey.__table__.columns
    )
    assert secret not in stored
    assert secret[12:] not in stored


async def test_a6_a_new_key_works_at_once(client: httpx2.AsyncClient, caller: Caller) -> None:
    created = await _create(client, caller, mode="test")
    assert created["secret"].startswith("sk_test_")
    answer = await client.get(KEYS, headers=_bearer(created["secret"]))
    assert answer.status_code == 200


async def test_a6_scopes_are_enforced(client: httpx2.AsyncClient, caller: Caller) -> None:
    created = await _create(client, caller, scopes=["keys:read"])
    answer = await client.post(
        KEYS, json={"name": "x", "scopes": []}, headers=_bearer(created["secret"])
    )
    assert answer.status_code == 403
    assert "keys:write" in answer.json()["detail"]


async def test_a6_a_key_cannot_make_a_mightier_one(
    client: httpx2.AsyncClient, make_caller: MakeCaller
) -> None:
    caller = await make_caller(scopes=["keys:write"])
    answer = await client.post(
        KEYS, json={"name": "x", "scopes": ["credits:write"]}, headers=caller.headers
    )
    assert answer.status_code == 403


async def test_a6_an_unknown_scope_is_named(client: httpx2.AsyncClient, caller: Caller) -> None:
    answer = await client.post(
        KEYS, json={"name": "x", "scopes": ["credits:steal"]}, headers=caller.headers
    )
    assert answer.status_code == 422
    assert "scopes" in answer.json()["errors"][0]["field"]


async def test_a6_rename(client: httpx2.AsyncClient, caller: Caller) -> None:
    created = await _create(client, caller)
    url = f"{KEYS}/{created['id']}"
    renamed = await client.patch(url, json={"name": "desktop"}, headers=caller.headers)
    assert renamed.status_code == 200
    assert (await client.get(url, headers=caller.headers)).json()["name"] == "desktop"


async def test_a6_rotation_with_an_overlap(client: httpx2.AsyncClient, caller: Caller) -> None:
    created = await _create(client, caller)
    rotated = await client.post(
        f"{KEYS}/{created['id']}/rotate", json={"overlap_seconds": 3600}, headers=caller.headers
    )
    assert rotated.status_code == 201
    assert rotated.json()["scopes"] == created["scopes"]
    for secret in (created["secret"], rotated.json()["secret"]):
        assert (await client.get(KEYS, headers=_bearer(secret))).status_code == 200
    again = await client.post(
        f"{KEYS}/{created['id']}/rotate", json={"overlap_seconds": 0}, headers=caller.headers
    )
    assert again.status_code == 409


async def test_a6_rotation_without_an_overlap(client: httpx2.AsyncClient, caller: Caller) -> None:
    created = await _create(client, caller)
    await client.get(KEYS, headers=_bearer(created["secret"]))  # it is remembered now
    await client.post(
        f"{KEYS}/{created['id']}/rotate", json={"overlap_seconds": 0}, headers=caller.headers
    )
    assert (await client.get(KEYS, headers=_bearer(created["secret"]))).status_code == 401


async def test_a6_revocation_is_immediate_and_may_be_repeated(
    client: httpx2.AsyncClient, caller: Caller
) -> None:
    created = await _create(client, caller)
    await client.get(KEYS, headers=_bearer(created["secret"]))
    for _ in range(2):
        answer = await client.delete(f"{KEYS}/{created['id']}", headers=caller.headers)
        assert answer.status_code == 204
    assert (await client.get(KEYS, headers=_bearer(created["secret"]))).status_code == 401
    shown = await client.get(f"{KEYS}/{created['id']}", headers=caller.headers)
    assert shown.json()["revoked_at"] is not None


async def test_a6_the_list_goes_page_by_page(client: httpx2.AsyncClient, caller: Caller) -> None:
    made = [(await _create(client, caller, name=f"key {n}"))["id"] for n in range(5)]
    seen: list[str] = []
    cursor: str | None = None
    while True:
        params: dict[str, Any] = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await client.get(KEYS, params=params, headers=caller.headers)).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [*reversed(made), caller.key_id]


@pytest.mark.parametrize("scope", list(Scope))
def test_a6_scopes_have_the_usual_form(scope: Scope) -> None:
    assert scope.value.count(":") == 1

"""E4: a user's keys open the same doors as signing in, and no more than the user."""

import asyncio
from typing import Any

import httpx2
import pytest
from people import SignedIn, SignIn, bearer
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.security import DEFAULT_KEY_SCOPES, KEY_SCOPES, Scope
from app.models import User

KEYS = "/api/v1/keys"
ME = "/api/v1/auth/me"


async def make(client: httpx2.AsyncClient, owner: SignedIn, *scopes: str) -> dict[str, Any]:
    """A new key of ``owner``, with its secret."""
    body = {"name": "editor", "scopes": list(scopes)}
    answer = await client.post(KEYS, json=body, headers=owner.headers)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_e4_a_key_is_its_user(client: httpx2.AsyncClient, member: SignedIn) -> None:
    """GIVEN a user who is signed in
    WHEN they make a key and show it, in either header
    THEN the key is answered as they are
    """
    key = await make(client, member, "chat:write", "keys:read")
    mine = (await client.get(ME, headers=member.headers)).json()
    for headers in (bearer(key["secret"]), {"X-API-Key": key["secret"]}):
        assert (await client.get(ME, headers=headers)).json()["id"] == mine["id"]
        listed = (await client.get(KEYS, headers=headers)).json()["items"]
        assert [one["id"] for one in listed] == [key["id"]]
        assert "secret" not in listed[0]


async def test_e4_a_key_may_do_what_its_scopes_say(
    client: httpx2.AsyncClient, member: SignedIn
) -> None:
    """GIVEN a key with one scope
    WHEN it asks for something else
    THEN it is refused with 403, and signing out takes a session
    """
    key = bearer((await make(client, member, "chat:write"))["secret"])
    assert (await client.get(KEYS, headers=key)).status_code == 403
    assert (await client.post("/api/v1/auth/logout-all", headers=key)).status_code == 403


async def test_e4_a_key_gives_no_more_than_it_has(
    client: httpx2.AsyncClient, member: SignedIn
) -> None:
    """GIVEN a key that may make keys and nothing else
    WHEN it makes one that may chat, or one that manages users
    THEN it is refused
    """
    key = await make(client, member, "keys:write")
    for scope, status in (("chat:write", 403), ("users:manage", 422)):
        answer = await client.post(
            KEYS, json={"name": "x", "scopes": [scope]}, headers=bearer(key["secret"])
        )
        assert answer.status_code == status, answer.text


@pytest.mark.committed
async def test_e4_a_revoked_key_is_refused_at_once(
    client: httpx2.AsyncClient, member: SignedIn
) -> None:
    """GIVEN a key that was used a moment ago
    WHEN its owner revokes it
    THEN it is refused from the next request on, with the answer to an unknown one
    """
    key = await make(client, member, "chat:write")
    assert (await client.get(ME, headers=bearer(key["secret"]))).status_code == 200
    gone = await client.delete(f"{KEYS}/{key['id']}", headers=member.headers)
    assert gone.status_code == 204
    revoked = await client.get(ME, headers=bearer(key["secret"]))
    unknown = await client.get(ME, headers=bearer("sk_live_nobody"))
    assert revoked.status_code == unknown.status_code == 401
    assert revoked.json()["detail"] == unknown.json()["detail"]


@pytest.mark.committed
async def test_e4_a_suspended_users_keys_are_refused(
    client: httpx2.AsyncClient, member: SignedIn, session: AsyncSession
) -> None:
    """GIVEN a key that was used a moment ago
    WHEN its owner is suspended, by whatever process
    THEN the key is refused as soon as the database has told
    """
    key = bearer((await make(client, member, "chat:write"))["secret"])
    assert (await client.get(ME, headers=key)).status_code == 200
    user = await session.get_one(User, member.user.id)
    user.suspended_at = user.created_at
    await session.commit()
    async with asyncio.timeout(10):
        while (await client.get(ME, headers=key)).status_code != 401:
            await asyncio.sleep(0.01)  # until the database has told


async def test_e4_anothers_key_is_as_good_as_none(
    client: httpx2.AsyncClient, member: SignedIn, signed_in: SignIn
) -> None:
    """GIVEN a key of somebody else
    WHEN one asks for it, renames, rotates or revokes it
    THEN it is not there
    """
    theirs = f"{KEYS}/{(await make(client, await signed_in(), 'chat:write'))['id']}"
    mine = member.headers
    answers = [
        await client.get(theirs, headers=mine),
        await client.patch(theirs, json={"name": "mine"}, headers=mine),
        await client.post(f"{theirs}/rotate", json={}, headers=mine),
        await client.delete(theirs, headers=mine),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4


def test_e4_what_keys_may_be_given() -> None:
    """GIVEN the scopes that there are
    WHEN keys are made
    THEN none manages users, and the command line makes none that makes keys
    """
    assert Scope.USERS_MANAGE not in KEY_SCOPES
    assert Scope.KEYS_WRITE not in DEFAULT_KEY_SCOPES
    assert DEFAULT_KEY_SCOPES < KEY_SCOPES

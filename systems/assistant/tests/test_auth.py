"""E4: people register, sign in on several devices, refresh, and sign out of one or of all."""

from typing import Any

import httpx2
import pytest
from people import PASSWORD, SignedIn, SignIn, bearer, log_in, register

from padstone.testing.mailbox import Mailbox

AUTH = "/api/v1/auth"
EMAIL = "ann@example.com"


async def status_of(client: httpx2.AsyncClient, secret: str) -> int:
    """What `me` says to whoever shows this."""
    return (await client.get(f"{AUTH}/me", headers=bearer(secret))).status_code


@pytest.mark.committed
async def test_e4_a_stranger_becomes_a_member_with_credits(
    client: httpx2.AsyncClient, mailbox: Mailbox, run_jobs: Any
) -> None:
    """GIVEN somebody whom nobody knows
    WHEN they register, open the mailed link and sign in
    THEN they are a member of the free plan, with the credits that everybody begins with
    """
    credentials = {"email": EMAIL, "password": PASSWORD}
    early = await client.post(f"{AUTH}/login", json=credentials)
    assert early.status_code == 401
    tokens = await log_in(client, await register(client, mailbox, run_jobs, EMAIL))
    assert tokens["token_type"] == "bearer"
    assert tokens["expires_in"] > 0
    me = (await client.get(f"{AUTH}/me", headers=bearer(tokens["access_token"]))).json()
    assert (me["email"], me["role"], me["plan"]) == (EMAIL, "member", "free")
    assert me["credits_balance_micros"] == 5_000_000


@pytest.mark.committed
async def test_e4_an_unverified_address_signs_nobody_in(client: httpx2.AsyncClient) -> None:
    """GIVEN somebody who has registered and opened no mail
    WHEN they sign in
    THEN the answer is that of a wrong password
    """
    credentials = {"email": EMAIL, "password": PASSWORD}
    assert (await client.post(f"{AUTH}/register", json=credentials)).status_code == 202
    unverified = await client.post(f"{AUTH}/login", json=credentials)
    unknown = await client.post(f"{AUTH}/login", json={**credentials, "email": "b@example.com"})
    assert unverified.status_code == unknown.status_code == 401
    assert unverified.json()["code"] == unknown.json()["code"]
    assert unverified.json()["detail"] == unknown.json()["detail"]


@pytest.mark.committed
async def test_e4_a_refresh_token_is_exchanged_once(
    client: httpx2.AsyncClient, mailbox: Mailbox, run_jobs: Any
) -> None:
    """GIVEN a session that was refreshed twice
    WHEN the first refresh token is shown once more, as a thief would
    THEN it is refused, and the whole session is over on the spot
    """
    credentials = await register(client, mailbox, run_jobs, EMAIL)
    first = await log_in(client, credentials)
    other = await log_in(client, credentials)
    newest = first
    for _ in range(2):
        answer = await client.post(
            f"{AUTH}/refresh", json={"refresh_token": newest["refresh_token"]}
        )
        assert answer.status_code == 200
        assert answer.json()["refresh_token"] != newest["refresh_token"]
        newest = answer.json()
    assert await status_of(client, newest["access_token"]) == 200
    again = await client.post(f"{AUTH}/refresh", json={"refresh_token": first["refresh_token"]})
    assert again.status_code == 401
    assert await status_of(client, newest["access_token"]) == 401
    dead = await client.post(f"{AUTH}/refresh", json={"refresh_token": newest["refresh_token"]})
    assert dead.status_code == 401
    assert await status_of(client, other["access_token"]) == 200, "another device is not concerned"


async def test_e4_a_refresh_token_is_no_access_token(
    client: httpx2.AsyncClient, signed_in: SignIn
) -> None:
    """GIVEN tokens of one kind
    WHEN they are shown in the place of the other kind
    THEN they are refused
    """
    access = (await signed_in()).headers["Authorization"].removeprefix("Bearer ")
    assert (await client.post(f"{AUTH}/refresh", json={"refresh_token": access})).status_code == 401
    assert await status_of(client, f"rt_{'x' * 60}") == 401


@pytest.mark.committed
async def test_e4_devices_are_listed_and_signed_out(
    client: httpx2.AsyncClient, mailbox: Mailbox, run_jobs: Any
) -> None:
    """GIVEN a user who is signed in on three devices
    WHEN one is signed out by its owner from another, and that one by itself
    THEN each is refused from then on, and the third goes on
    """
    credentials = await register(client, mailbox, run_jobs, EMAIL)
    laptop, phone, desk = [await log_in(client, credentials) for _ in range(3)]
    mine = bearer(laptop["access_token"])
    sessions = (await client.get(f"{AUTH}/sessions", headers=mine)).json()["items"]
    assert [one["is_current"] for one in sessions] == [False, False, True]
    theirs = sessions[1]["id"]
    assert (await client.delete(f"{AUTH}/sessions/{theirs}", headers=mine)).status_code == 204
    assert await status_of(client, phone["access_token"]) == 401
    assert (await client.post(f"{AUTH}/logout", headers=mine)).status_code == 204
    assert await status_of(client, laptop["access_token"]) == 401
    refused = await client.post(f"{AUTH}/refresh", json={"refresh_token": laptop["refresh_token"]})
    assert refused.status_code == 401
    assert await status_of(client, desk["access_token"]) == 200


@pytest.mark.committed
async def test_e4_signing_out_everywhere_ends_every_session(
    client: httpx2.AsyncClient, mailbox: Mailbox, run_jobs: Any
) -> None:
    """GIVEN a user who is signed in on three devices
    WHEN one of them signs out everywhere
    THEN all of them are refused, and signing in again works
    """
    credentials = await register(client, mailbox, run_jobs, EMAIL)
    devices = [await log_in(client, credentials) for _ in range(3)]
    mine = bearer(devices[0]["access_token"])
    assert (await client.post(f"{AUTH}/logout-all", headers=mine)).status_code == 204
    for one in devices:
        assert await status_of(client, one["access_token"]) == 401
        refused = await client.post(f"{AUTH}/refresh", json={"refresh_token": one["refresh_token"]})
        assert refused.status_code == 401
    assert (await log_in(client, credentials))["access_token"]


async def test_e4_anothers_session_is_as_good_as_none(
    client: httpx2.AsyncClient, member: SignedIn, signed_in: SignIn
) -> None:
    """GIVEN two users
    WHEN one signs out a device of the other
    THEN the answer is that of a device which is not there
    """
    other = await signed_in()
    theirs = (await client.get(f"{AUTH}/sessions", headers=other.headers)).json()["items"][0]["id"]
    unknown = "01890a5d-ac96-774b-bcce-b302099a8057"
    answers = [
        await client.delete(f"{AUTH}/sessions/{one}", headers=member.headers)
        for one in (theirs, unknown)
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json()["detail"] == answers[1].json()["detail"]
    assert (await client.get(f"{AUTH}/me", headers=other.headers)).status_code == 200


async def test_e4_nobody_chooses_a_role_or_a_plan_by_registering(
    client: httpx2.AsyncClient,
) -> None:
    """GIVEN somebody who would like to be an admin, or to have another plan
    WHEN they say so while registering
    THEN they are refused, by the name of the field
    """
    for field in ("role", "plan", "credits_balance_micros"):
        answer = await client.post(
            f"{AUTH}/register", json={"email": EMAIL, "password": PASSWORD, field: "admin"}
        )
        assert answer.status_code == 422
        assert [error["field"] for error in answer.json()["errors"]] == [f"body.{field}"]

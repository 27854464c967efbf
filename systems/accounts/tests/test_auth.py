"""A3: whose key is this?"""

from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from callers import Caller, MakeCaller
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Account, AccountStatus
from padstone.auth import generate
from padstone.testing.queries import QueryCounter

VALIDATE = "/api/v1/auth/validate"


@pytest.mark.parametrize("header", ["Authorization", "X-API-Key"])
async def test_a3_a_valid_key(client: httpx2.AsyncClient, caller: Caller, header: str) -> None:
    value = f"Bearer {caller.secret}" if header == "Authorization" else caller.secret
    answer = await client.post(VALIDATE, headers={header: value})
    assert answer.status_code == 200
    assert answer.json() == {
        "account_id": caller.public_id,
        "email": caller.account.email,
        "credits_balance_micros": 1_000_000,
    }


async def refused(client: httpx2.AsyncClient, headers: dict[str, str]) -> dict[str, object]:
    answer = await client.post(VALIDATE, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    body: dict[str, object] = answer.json()
    body.pop("request_id")
    return body


async def test_a3_nobody_learns_why(
    client: httpx2.AsyncClient, session: AsyncSession, make_caller: MakeCaller
) -> None:
    suspended = await make_caller(status=AccountStatus.SUSPENDED)
    status_deleted = await make_caller(status=AccountStatus.DELETED)
    soft_deleted = await make_caller(deleted_at=datetime.now(UTC))
    expired = await make_caller(expires_at=datetime.now(UTC) - timedelta(seconds=1))
    revoked = await make_caller()
    revoked_url = f"/api/v1/keys/{revoked.key_id}"
    assert (await client.delete(revoked_url, headers=revoked.headers)).status_code == 204

    secret = revoked.secret
    bodies = [
        await refused(client, headers)
        for headers in (
            {},
            {"Authorization": "Bearer "},
            {"Authorization": "Basic dXNlcjpwYXNz"},
            {"Authorization": f"Bearer {secret[:-1]}"},
            {"Authorization": f"Bearer {secret[:-1]}{'0' if secret[-1] != '0' else '1'}"},
            {"Authorization": f"Bearer {generate(live=True).secret}"},
            {"X-API-Key": "sk_live_\u0000"[:8]},
            suspended.headers,
            status_deleted.headers,
            soft_deleted.headers,
            expired.headers,
            revoked.headers,
        )
    ]
    assert all(body == bodies[0] for body in bodies)


async def test_a3_two_different_keys_are_nobody(
    client: httpx2.AsyncClient, make_caller: MakeCaller
) -> None:
    one, other = await make_caller(), await make_caller()
    await refused(client, {**one.headers, "X-API-Key": other.secret})


async def test_a6_a_malformed_key_costs_no_query(
    client: httpx2.AsyncClient, caller: Caller, queries: QueryCounter
) -> None:
    with queries.at_most(0):
        await refused(client, {"X-API-Key": caller.secret[:-1] + "x"})


@pytest.mark.committed
async def test_a3_a_known_key_costs_one_query(
    client: httpx2.AsyncClient, caller: Caller, queries: QueryCounter
) -> None:
    await client.post(VALIDATE, headers=caller.headers)
    with queries.at_most(1):
        await client.post(VALIDATE, headers=caller.headers)


async def test_a3_the_balance_is_never_cached(
    client: httpx2.AsyncClient, caller: Caller, session: AsyncSession
) -> None:
    await client.post(VALIDATE, headers=caller.headers)
    account = await session.get_one(Account, caller.account.id)
    account.credits_balance_micros = 5
    await session.commit()
    answer = await client.post(VALIDATE, headers=caller.headers)
    assert answer.json()["credits_balance_micros"] == 5

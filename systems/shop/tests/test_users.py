"""B5: what each role may do, and who gives roles."""

import asyncio

import httpx2
import pytest
from people import SignedIn, SignIn
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.security import ROLES, Role, Scope
from app.models import User
from padstone.testing.queries import QueryCounter

USERS = "/api/v1/users"


async def give(
    client: httpx2.AsyncClient, admin: SignedIn, user: SignedIn, role: str
) -> httpx2.Response:
    return await client.put(
        f"{USERS}/{user.user.id}/role", json={"role": role}, headers=admin.headers
    )


def test_b5_each_role_may_do_more_than_the_one_before() -> None:
    buyer, manager, admin = (set(ROLES[role]) for role in Role)
    assert buyer < manager < admin == set(Scope)
    assert {str(scope) for scope in buyer} == {"cart:write", "orders:read", "orders:place"}


async def test_b5_a_new_role_counts_at_once(
    client: httpx2.AsyncClient, admin: SignedIn, buyer: SignedIn
) -> None:
    async def may_keep_categories() -> bool:
        answer = await client.post(
            "/api/v1/categories", json={"name": "Pots"}, headers=buyer.headers
        )
        assert answer.status_code in {201, 403}, answer.text
        return answer.status_code == 201

    assert not await may_keep_categories()
    given = await give(client, admin, buyer, "manager")
    assert (given.status_code, given.json()["role"]) == (200, "manager")
    assert await may_keep_categories()
    await give(client, admin, buyer, "buyer")
    assert not await may_keep_categories()


@pytest.mark.committed
async def test_b5_a_new_role_counts_at_once_where_sessions_are_remembered(
    client: httpx2.AsyncClient, admin: SignedIn, buyer: SignedIn, queries: QueryCounter
) -> None:
    orders = "/api/v1/orders"
    assert (await client.get(USERS, headers=buyer.headers)).status_code == 403
    assert (await client.get(orders, headers=buyer.headers)).status_code == 200
    with queries.at_most(1):  # the session is remembered
        await client.get(orders, headers=buyer.headers)
    await give(client, admin, buyer, "admin")
    assert (await client.get(USERS, headers=buyer.headers)).status_code == 200


async def test_b5_only_admins_give_roles(
    client: httpx2.AsyncClient, manager: SignedIn, buyer: SignedIn
) -> None:
    for who in (buyer, manager):
        assert (await give(client, who, buyer, "admin")).status_code == 403
        assert (await client.get(USERS, headers=who.headers)).status_code == 403
    register = {"email": "a@example.com", "password": "four words in here", "role": "admin"}
    answer = await client.post("/api/v1/auth/register", json=register)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["body.role"]


@pytest.mark.parametrize("role", ["owner", "", None, 1])
async def test_b5_other_roles_are_refused(
    client: httpx2.AsyncClient, admin: SignedIn, buyer: SignedIn, role: str
) -> None:
    answer = await give(client, admin, buyer, role)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["body.role"]


async def test_b5_users_are_listed_and_found(
    client: httpx2.AsyncClient, admin: SignedIn, signed_in: SignIn
) -> None:
    someone = await signed_in(email="someone@example.com")

    async def found(query: str) -> list[str]:
        answer = await client.get(f"{USERS}?{query}", headers=admin.headers)
        assert answer.status_code == 200, answer.text
        return [item["email"] for item in answer.json()["items"]]

    assert await found("") == ["someone@example.com", admin.user.email]
    assert await found("role=admin") == [admin.user.email]
    assert await found("email=someone@example.com") == ["someone@example.com"]
    assert await found("email__contains=SOMEONE") == ["someone@example.com"]
    shown = await client.get(f"{USERS}/{someone.user.id}", headers=admin.headers)
    assert "password" not in shown.text


async def test_b5_the_last_admin_stays_one(
    client: httpx2.AsyncClient, admin: SignedIn, signed_in: SignIn
) -> None:
    refused = await give(client, admin, admin, "buyer")
    assert (refused.status_code, refused.json()["code"]) == (409, "last_admin")
    assert (await give(client, admin, admin, "admin")).status_code == 200
    other = await signed_in(Role.ADMIN)
    assert (await give(client, admin, admin, "buyer")).status_code == 200
    assert (await give(client, other, other, "manager")).status_code == 409
    missing = await client.put(
        f"{USERS}/01890a5d-ac96-774b-bcce-b302099a8057/role",
        json={"role": "buyer"},
        headers=other.headers,
    )
    assert missing.status_code == 404


@pytest.mark.committed
async def test_b5_two_admins_do_not_demote_each_other(
    client: httpx2.AsyncClient, signed_in: SignIn, session: AsyncSession
) -> None:
    for _ in range(4):
        admins = [await signed_in(Role.ADMIN) for _ in range(2)]
        answers = await asyncio.gather(
            *(give(client, one, two, "buyer") for one, two in (admins, admins[::-1]))
        )
        # The second one is the last, or is no admin any more when it asks.
        assert sorted(answer.status_code for answer in answers) in ([200, 403], [200, 409])
        await session.rollback()
        left = select(func.count()).select_from(User).where(User.role == Role.ADMIN)
        assert await session.scalar(left) == 1
        for admin in admins:
            await session.refresh(admin.user)
            admin.user.role = Role.BUYER
        await session.commit()

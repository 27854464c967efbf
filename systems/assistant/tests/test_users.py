"""E7: whoever pays sees what was spent on what, and an operator gives credits and plans."""

from datetime import timedelta

import httpx2
import pytest
from people import SignedIn, SignIn
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.plans import DEFAULT_PLAN, PLANS, PlanName
from app.core.security import Role
from app.services.credits import ledger

USERS = "/api/v1/users"
CREDITS = "/api/v1/credits"


async def test_e7_the_balance_and_what_became_of_it(
    client: httpx2.AsyncClient, session: AsyncSession, member: SignedIn
) -> None:
    """GIVEN a user whose credits were granted, held and spent
    WHEN they look at them
    THEN the balance, what is held and every movement are shown, the newest first
    """
    user_id = member.user.id
    await ledger.debit(session, user_id, 1_000_000, key="call-1", reference="echo")
    await ledger.hold(session, user_id, 500_000, key="call-2", lifetime=timedelta(minutes=1))
    await session.commit()
    balance = (await client.get(CREDITS, headers=member.headers)).json()
    assert balance == {"balance_micros": 3_500_000, "held_micros": 500_000}
    entries = (await client.get(f"{CREDITS}/entries", headers=member.headers)).json()["items"]
    assert [(one["kind"], one["delta_micros"]) for one in entries] == [
        ("hold", -500_000),
        ("capture", -1_000_000),
        ("grant", 5_000_000),
    ]
    assert entries[1]["reference"] == "echo"
    assert entries[0]["balance_after_micros"] == 3_500_000


async def test_e7_an_admin_grants_credits_once(
    client: httpx2.AsyncClient, admin: SignedIn, member: SignedIn
) -> None:
    """GIVEN a user who has paid an invoice
    WHEN an admin grants credits under the invoice's number, twice
    THEN they are there once, and another amount under that number is refused
    """
    url = f"{USERS}/{member.user.id}/credits"
    body = {"amount_micros": 20_000_000, "key": "invoice-17", "reference": "Invoice 17"}
    made = [await client.post(url, json=body, headers=admin.headers) for _ in range(2)]
    assert [one.status_code for one in made] == [201, 201]
    assert made[0].json() == made[1].json()
    balance = (await client.get(CREDITS, headers=member.headers)).json()
    assert balance["balance_micros"] == 25_000_000
    other = await client.post(url, json={**body, "amount_micros": 1}, headers=admin.headers)
    assert other.status_code == 409
    # The key of the system's own grant is free for an admin's.
    welcome = await client.post(url, json={**body, "key": "welcome"}, headers=admin.headers)
    assert welcome.status_code == 201


async def test_e7_an_admin_gives_plans(
    client: httpx2.AsyncClient, admin: SignedIn, member: SignedIn
) -> None:
    """GIVEN a user of the free plan
    WHEN an admin gives them another
    THEN it counts from then on, and one that is none is refused
    """
    url = f"{USERS}/{member.user.id}/plan"
    given = await client.put(url, json={"plan": "pro"}, headers=admin.headers)
    assert (given.status_code, given.json()["plan"]) == (200, "pro")
    me = await client.get("/api/v1/auth/me", headers=member.headers)
    assert me.json()["plan"] == "pro"
    wrong = await client.put(url, json={"plan": "gold"}, headers=admin.headers)
    assert wrong.status_code == 422


async def test_e7_users_are_found_by_admins_alone(
    client: httpx2.AsyncClient, admin: SignedIn, signed_in: SignIn
) -> None:
    """GIVEN an admin and a member
    WHEN each lists users, grants credits or gives a plan
    THEN the member may not, and an admin finds users by address, role and plan
    """
    someone = await signed_in(email="someone@example.com", plan=PlanName.TEAM)
    found = await client.get(f"{USERS}?plan=team", headers=admin.headers)
    assert [one["email"] for one in found.json()["items"]] == ["someone@example.com"]
    assert "password" not in found.text
    mine = f"{USERS}/{someone.user.id}"
    refused = [
        await client.get(USERS, headers=someone.headers),
        await client.get(mine, headers=someone.headers),
        await client.put(f"{mine}/plan", json={"plan": "pro"}, headers=someone.headers),
        await client.post(
            f"{mine}/credits", json={"amount_micros": 1, "key": "x"}, headers=someone.headers
        ),
    ]
    assert [one.status_code for one in refused] == [403] * 4


async def test_e7_users_who_are_not_there(client: httpx2.AsyncClient, admin: SignedIn) -> None:
    """GIVEN the id of nobody
    WHEN an admin gives them something
    THEN the answer is 404
    """
    nobody = f"{USERS}/01890a5d-ac96-774b-bcce-b302099a8057"
    plan = await client.put(f"{nobody}/plan", json={"plan": "pro"}, headers=admin.headers)
    grant = {"amount_micros": 1, "key": "x"}
    granted = await client.post(f"{nobody}/credits", json=grant, headers=admin.headers)
    assert (plan.status_code, granted.status_code) == (404, 404)


@pytest.mark.parametrize(
    ("model", "plans"),
    [
        ("echo", {"free", "pro", "team"}),
        ("gpt-5-mini", {"free", "pro", "team"}),
        ("claude-haiku-4-5", {"free", "pro", "team"}),
        ("gpt-5", {"pro", "team"}),
        ("claude-opus-4-1", {"pro", "team"}),
    ],
)
def test_e7_each_plan_has_its_models(model: str, plans: set[str]) -> None:
    """GIVEN the plans there are
    WHEN they are asked for a model
    THEN small ones are everybody's, and large ones are of those who pay
    """
    assert {name for name, plan in PLANS.items() if plan.allows(model)} == plans


def test_e7_every_plan_is_described() -> None:
    """GIVEN the names of plans and of roles
    WHEN somebody registers
    THEN there is a plan for them, and nobody begins with the greatest rights
    """
    assert set(PLANS) == set(PlanName)
    assert DEFAULT_PLAN == PlanName.FREE
    assert set(Role) == {"member", "admin"}

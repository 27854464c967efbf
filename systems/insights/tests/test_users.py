"""F4 and F5: user management for admins, and who may do what by which credential."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx2
import pytest
from people import SignedIn, SignIn
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.security import ROLES, Role, Scope
from app.services.auth_service import api_keys, find_or_create
from padstone.auth import ApiKeyService
from padstone.ids import new_id
from padstone.testing.mailbox import Mailbox

PASSWORD = "four words to remember"

RunJobs = Callable[[], Awaitable[Any]]


class Admin:
    """The users, as one admin reaches them."""

    def __init__(self, client: httpx2.AsyncClient, headers: Mapping[str, str]) -> None:
        self._client, self._headers = client, dict(headers)

    async def call(self, method: str, path: str = "", **content: Any) -> httpx2.Response:
        url = f"/api/v1/users{path}"
        return await self._client.request(method, url, headers=self._headers, **content)

    async def invite(self, email: str = "new@example.com", **values: Any) -> httpx2.Response:
        return await self.call("POST", json={"email": email, **values})


@pytest.fixture
def people(client: httpx2.AsyncClient, admin: SignedIn) -> Admin:
    return Admin(client, admin.headers)


async def me(client: httpx2.AsyncClient, headers: Mapping[str, str]) -> int:
    return (await client.get("/api/v1/auth/me", headers=dict(headers))).status_code


async def test_f4_an_admin_invites_a_user(people: Admin) -> None:
    made = await people.invite("New@Example.com", full_name="Ada")
    assert made.status_code == 201, made.text
    user = made.json()
    assert (user["email"], user["role"], user["full_name"]) == ("new@example.com", "analyst", "Ada")
    assert made.headers["Location"] == f"/api/v1/users/{user['id']}"
    assert (await people.call("GET", f"/{user['id']}")).json()["email"] == "new@example.com"
    again = await people.invite("new@example.com")
    assert (again.status_code, again.json()["code"]) == (409, "email_taken")


async def test_f4_nobody_registers_without_being_invited(client: httpx2.AsyncClient) -> None:
    body = {"email": "me@example.com", "password": PASSWORD}
    answer = await client.post("/api/v1/auth/register", json=body)
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"email": "nobody"}, "body.email"),
        ({"role": "owner"}, "body.role"),
        ({"full_name": " "}, "body.full_name"),
        ({"password": PASSWORD}, "body.password"),
    ],
)
async def test_f4_who_cannot_be_invited_is_named(
    people: Admin, body: dict[str, Any], field: str
) -> None:
    answer = await people.call("POST", json={"email": "new@example.com", **body})
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == [field]


async def test_f4_users_are_listed_and_found(people: Admin, signed_in: SignIn) -> None:
    one = await signed_in(email="zoe@example.com", full_name="Zoë Doe")
    await signed_in(email="abe@example.com")

    async def found(query: str) -> list[str]:
        answer = await people.call("GET", f"?{query}")
        return [user["email"] for user in answer.json()["items"]]

    assert await found("email=zoe@example.com") == ["zoe@example.com"]
    assert await found("role=analyst&sort=email") == ["abe@example.com", "zoe@example.com"]
    assert await found("full_name__contains=doe") == ["zoe@example.com"]
    await people.call("DELETE", f"/{one.user.id}")
    assert await found("deleted_at__isnull=false") == ["zoe@example.com"]
    assert await found("role=analyst&deleted_at__isnull=true") == ["abe@example.com"]


async def test_f5_a_new_role_counts_at_once(
    people: Admin, client: httpx2.AsyncClient, analyst: SignedIn
) -> None:
    path = f"/{analyst.user.id}"
    assert (await Admin(client, analyst.headers).call("GET")).status_code == 403
    answer = await people.call("PUT", f"{path}/role", json={"role": "admin"})
    assert (answer.status_code, answer.json()["role"]) == (200, "admin")
    assert (await Admin(client, analyst.headers).call("GET")).status_code == 200
    changed = await people.call("PATCH", path, json={"full_name": "Bea"})
    assert changed.json()["full_name"] == "Bea"


async def test_f4_a_suspended_user_is_refused_until_reinstated(
    people: Admin, client: httpx2.AsyncClient, session: AsyncSession, analyst: SignedIn
) -> None:
    key = await key_of(session, analyst.user.id)
    for _ in range(2):
        suspended = await people.call("POST", f"/{analyst.user.id}/suspend")
        assert suspended.json()["suspended_at"] is not None
    assert await me(client, analyst.headers) == 401
    assert await me(client, key) == 401
    reinstated = await people.call("POST", f"/{analyst.user.id}/reinstate")
    assert reinstated.json()["suspended_at"] is None
    assert await me(client, analyst.headers) == 401, "the session has ended"
    assert await me(client, key) == 200


async def test_f4_a_deleted_user_is_gone_until_restored(
    people: Admin, client: httpx2.AsyncClient, session: AsyncSession, analyst: SignedIn
) -> None:
    key = await key_of(session, analyst.user.id)
    path = f"/{analyst.user.id}"
    assert (await people.call("DELETE", path)).status_code == 204
    assert await me(client, analyst.headers) == 401
    assert await me(client, key) == 401
    assert (await people.call("GET", path)).json()["deleted_at"] is not None
    for step in ("suspend", "reinstate"):
        assert (await people.call("POST", f"{path}/{step}")).status_code == 404
    assert (await people.call("DELETE", path)).status_code == 404
    restored = await people.call("POST", f"{path}/restore")
    assert (restored.status_code, restored.json()["deleted_at"]) == (200, None)
    assert await me(client, key) == 200


async def test_f4_a_deleted_users_address_is_free(people: Admin, analyst: SignedIn) -> None:
    path = f"/{analyst.user.id}"
    await people.call("DELETE", path)
    assert (await people.invite(analyst.user.email)).status_code == 201
    answer = await people.call("POST", f"{path}/restore")
    assert (answer.status_code, answer.json()["code"]) == (409, "email_taken")


@pytest.mark.parametrize(
    ("method", "step", "body"),
    [
        ("PUT", "/role", {"role": "analyst"}),
        ("POST", "/suspend", None),
        ("DELETE", "", None),
    ],
)
async def test_f4_the_only_admin_stays(
    people: Admin,
    admin: SignedIn,
    signed_in: SignIn,
    session: AsyncSession,
    method: str,
    step: str,
    body: Any,
) -> None:
    suspended = await signed_in(Role.ADMIN)
    await people.call("POST", f"/{suspended.user.id}/suspend")
    path = f"/{admin.user.id}{step}"
    answer = await people.call(method, path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "last_admin")
    await session.refresh(admin.user)
    assert (admin.user.role, admin.user.suspended_at, admin.user.deleted_at) == (
        Role.ADMIN,
        None,
        None,
    )
    assert (await people.call("PUT", f"/{admin.user.id}/role", json={"role": "admin"})).is_success
    await people.call("POST", f"/{suspended.user.id}/reinstate")
    assert (await people.call(method, path, json=body)).is_success


@pytest.mark.committed
async def test_f4_two_admins_who_demote_each_other_leave_one(
    client: httpx2.AsyncClient, signed_in: SignIn, session: AsyncSession
) -> None:
    one, two = await signed_in(Role.ADMIN), await signed_in(Role.ADMIN)
    answers = await asyncio.gather(
        *(
            Admin(client, who.headers).call(
                "PUT", f"/{whom.user.id}/role", json={"role": "analyst"}
            )
            for who, whom in ((one, two), (two, one))
        )
    )
    # The slower one is refused as the last admin, or for being no admin any more.
    assert min(answer.status_code for answer in answers) == 200
    assert {answer.status_code for answer in answers} & {403, 409}
    for user in (one.user, two.user):
        await session.refresh(user)
    assert sorted([one.user.role, two.user.role]) == ["admin", "analyst"]


async def key_of(
    session: AsyncSession, user_id: Any, scopes: list[str] | None = None
) -> dict[str, str]:
    made = await ApiKeyService(session, api_keys).create(
        user_id, name="test", scopes=list(Scope) if scopes is None else scopes
    )
    await session.commit()
    return {"X-API-Key": made.secret}


async def test_f5_tokens_and_keys_on_the_same_endpoints(
    client: httpx2.AsyncClient, session: AsyncSession, analyst: SignedIn
) -> None:
    key = await key_of(session, analyst.user.id)
    bearer = {"Authorization": f"Bearer {key['X-API-Key']}"}
    for headers in (analyst.headers, key, bearer):
        answer = await client.get("/api/v1/auth/me", headers=headers)
        assert answer.json()["id"] == str(analyst.user.id)
        assert (await client.get("/api/v1/prompts", headers=headers)).status_code == 200


async def test_f5_a_key_never_may_more_than_its_owner(
    client: httpx2.AsyncClient, session: AsyncSession, admin: SignedIn, people: Admin
) -> None:
    other = await people.invite()
    key = await key_of(session, admin.user.id)
    assert (await client.get("/api/v1/users", headers=key)).status_code == 200
    await people.call("PUT", f"/{other.json()['id']}/role", json={"role": "admin"})
    await people.call("PUT", f"/{admin.user.id}/role", json={"role": "analyst"})
    assert (await client.get("/api/v1/users", headers=key)).status_code == 403
    assert (await client.get("/api/v1/prompts", headers=key)).status_code == 200


async def test_f5_a_narrow_key_may_only_what_it_says(
    client: httpx2.AsyncClient, session: AsyncSession, analyst: SignedIn
) -> None:
    key = await key_of(session, analyst.user.id, [Scope.PROMPTS_READ])
    assert (await client.get("/api/v1/prompts", headers=key)).status_code == 200
    assert (await client.get("/api/v1/configurations", headers=key)).status_code == 403


async def test_f5_an_analyst_gives_no_key_what_an_admin_may(
    client: httpx2.AsyncClient, analyst: SignedIn
) -> None:
    body = {"name": "mighty", "scopes": [Scope.USERS_MANAGE]}
    answer = await client.post("/api/v1/keys", json=body, headers=analyst.headers)
    assert answer.status_code == 403


def test_f5_an_admin_may_all_that_an_analyst_may() -> None:
    assert set(ROLES[Role.ANALYST]) < set(ROLES[Role.ADMIN]) == set(Scope)


async def test_f5_an_operators_key_makes_its_owner_where_needed(session: AsyncSession) -> None:
    email = f"{new_id().hex}@example.com"
    made = await find_or_create(session, email.upper())
    assert (made.email, made.role) == (email, Role.ANALYST)
    assert (await find_or_create(session, email)).id == made.id


async def test_f4_whoever_is_invited_chooses_a_password_by_mail(
    people: Admin, client: httpx2.AsyncClient, run_jobs: RunJobs, mailbox: Mailbox
) -> None:
    await people.invite("new@example.com", role="admin")
    await run_jobs()
    mail = await mailbox.wait_for(to="new@example.com")
    assert "administrator" in mail.text
    token = mail.links[0].partition("#token=")[2]
    chosen = {"token": token, "password": PASSWORD}
    answer = await client.post("/api/v1/auth/reset-password", json=chosen)
    assert answer.status_code == 204, answer.text
    entry = {"email": "new@example.com", "password": PASSWORD}
    tokens = (await client.post("/api/v1/auth/login", json=entry)).json()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    mine = (await client.get("/api/v1/auth/me", headers=bearer)).json()
    assert (mine["role"], mine["full_name"]) == ("admin", None)

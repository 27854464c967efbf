"""F2 and F5: browser sessions in Redis, on the same endpoints as tokens and API keys."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from uuid import UUID

import pytest
from browser import PASSWORD, Browser
from people import SignedIn, SignIn
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.security import Role
from app.models import User
from app.services.auth_service import users
from padstone.auth.users import UserAdministration
from padstone.testing.running import Running

Open = Callable[[], Awaitable[Browser]]
EMAIL = "someone@example.com"


@pytest.fixture
async def someone(session: AsyncSession, running: Running) -> UUID:
    """An analyst with a password."""
    people = UserAdministration.apart(session, users, running.state["settings"])
    user: User = await people.create(EMAIL, password_hash=await people.hashed(PASSWORD, EMAIL))
    await session.commit()
    return user.id


@pytest.fixture
async def browser(running: Running, someone: UUID) -> AsyncIterator[Open]:
    """Opens browsers in which the analyst is signed in."""
    assert someone
    async with AsyncExitStack() as stack:

        async def make() -> Browser:
            made = Browser(await stack.enter_async_context(running.client()), EMAIL)
            answer = await made.sign_in()
            assert answer.status_code == 200, answer.text
            return made

        yield make


async def test_f5_a_cookie_reaches_what_a_token_reaches(browser: Open, someone: UUID) -> None:
    one = await browser()
    me = await one.call("GET", "/auth/me")
    assert me.json()["id"] == str(someone)
    assert (await one.call("GET", "/prompts")).status_code == 200
    made = await one.call("PUT", "/configurations/analysis.language", json={"value": "de"})
    assert made.status_code == 200
    assert (await one.call("GET", "/users")).status_code == 403


async def test_f5_a_change_without_the_sessions_token_is_refused(browser: Open) -> None:
    one = await browser()
    answer = await one.client.put("/api/v1/configurations/analysis.language", json={"value": "de"})
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")


async def test_f2_browser_sessions_are_listed_and_ended(browser: Open) -> None:
    one, two = await browser(), await browser()
    listed = (await one.call("GET", "/auth/browser-sessions")).json()["items"]
    assert sorted(session["is_current"] for session in listed) == [False, True]
    [other] = [session["id"] for session in listed if not session["is_current"]]
    assert (await one.call("DELETE", f"/auth/browser-sessions/{other}")).status_code == 204
    assert (await two.call("GET", "/auth/me")).status_code == 401
    assert (await one.call("DELETE", "/auth/session")).status_code == 204
    assert (await one.call("GET", "/auth/me")).status_code == 401


async def test_f2_a_suspended_user_is_out_of_every_browser(
    browser: Open, admin: SignedIn, running: Running, someone: UUID
) -> None:
    one = await browser()
    async with running.client(headers=admin.headers) as client:
        await client.post(f"/api/v1/users/{someone}/suspend")
        assert (await one.call("GET", "/auth/me")).status_code == 401
        await client.post(f"/api/v1/users/{someone}/reinstate")
    assert (await one.call("GET", "/auth/me")).status_code == 401, "it has ended"
    assert (await one.sign_in()).status_code == 200


async def test_f5_a_new_role_counts_in_every_browser(
    browser: Open, signed_in: SignIn, running: Running, someone: UUID
) -> None:
    one = await browser()
    admin = await signed_in(Role.ADMIN)
    async with running.client(headers=admin.headers) as client:
        await client.put(f"/api/v1/users/{someone}/role", json={"role": "admin"})
    assert (await one.call("GET", "/users")).status_code == 200

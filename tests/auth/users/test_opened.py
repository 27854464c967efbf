import re
from typing import Any

import pytest
from fastapi import APIRouter

from padstone.app import create_app
from padstone.app.authenticators import user_upkeep
from padstone.auth.users import MailPurpose, user_routes
from padstone.auth.users.errors import TooManyAttemptsError, WrongPasswordError
from padstone.errors import AuthError
from padstone.ids import new_id
from padstone.jobs import Jobs
from padstone.principal import Principal
from padstone.testing.running import run

from .conftest import EMAIL, PASSWORD, Little, Settings, StartLittle, User, describe


def link_of(opened: Any) -> str:
    user = User(id=new_id(), email=EMAIL)
    found = re.search(r"http[^#]+", opened.letters.write(MailPurpose.RESET_PASSWORD, user).text)
    assert found
    return found.group()


@pytest.mark.parametrize(
    ("changes", "link"),
    [
        ({}, "http://127.0.0.1:8000/auth/reset-password"),
        ({"HOST": "::", "PORT": 8001}, "http://localhost:8001/auth/reset-password"),
        ({"PUBLIC_URL": "https://little.example.com"}, "https://little.example.com/reset-password"),
    ],
)
async def test_links_lead_to_where_people_are(
    start: StartLittle, changes: dict[str, Any], link: str
) -> None:
    little = await start(changes=changes)
    assert link_of(little.opened) == link


async def test_links_follow_the_routes(settings: Settings) -> None:
    users = describe()
    deep = APIRouter(prefix="/api/v1")
    deep.include_router(user_routes(users))
    for routers, path in (([deep], "/api/v1/auth"), ([], "")):
        app = create_app(
            settings, title="x", version="1", routers=routers, users=users, jobs=Jobs()
        )
        async with run(app, settings) as running:
            link = link_of(running.state["users"])
        assert link == f"http://127.0.0.1:8000{path}/reset-password"


async def test_what_is_long_over_is_taken_away_by_and_by(little: Little) -> None:
    await little.register()
    await little.login()
    await little.execute("UPDATE user_sessions SET expires_at = now() - interval '8 days'")
    upkeep = user_upkeep(describe())
    await upkeep.work(little.running.state)
    assert await little.scalar("SELECT count(*) FROM user_sessions") == 0


async def somebody(little: Little) -> Principal:
    await little.register()
    return Principal(await little.scalar("SELECT id FROM users"), new_id(), "jwt")


async def test_a_password_is_asked_for_again(little: Little) -> None:
    principal = await somebody(little)
    await little.opened.confirm(principal, PASSWORD)
    with pytest.raises(WrongPasswordError):
        await little.opened.confirm(principal, f"{PASSWORD} ")


async def test_26_asking_again_is_no_way_to_guess(little: Little, argon2_calls: list[str]) -> None:
    principal = await somebody(little)
    argon2_calls.clear()
    for _ in range(10):
        with pytest.raises(WrongPasswordError):
            await little.opened.confirm(principal, "wrong wrong wrong")
    for password in ("wrong wrong wrong", PASSWORD):
        with pytest.raises(TooManyAttemptsError):
            await little.opened.confirm(principal, password)
    assert len(argon2_calls) == 10
    answer = await little.post("login", email=EMAIL, password=PASSWORD)
    assert answer.status_code == 429, "they count together"


async def test_a_right_password_forgets_the_wrong_ones(little: Little) -> None:
    principal = await somebody(little)
    for _ in range(3):
        for _ in range(9):
            with pytest.raises(WrongPasswordError):
                await little.opened.confirm(principal, "wrong wrong wrong")
        await little.opened.confirm(principal, PASSWORD)


async def test_nobody_is_asked_who_is_no_user(little: Little) -> None:
    principal = await somebody(little)
    with pytest.raises(AuthError):
        await little.opened.confirm(Principal(new_id(), new_id(), "api_key"), PASSWORD)
    await little.execute("UPDATE users SET deleted_at = now()")
    with pytest.raises(AuthError):
        await little.opened.confirm(principal, PASSWORD)


async def test_who_never_chose_a_password_confirms_none(little: Little) -> None:
    principal = await somebody(little)
    await little.execute("UPDATE users SET password_hash = NULL")
    with pytest.raises(WrongPasswordError):
        await little.opened.confirm(principal, "")

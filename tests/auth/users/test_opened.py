import re
from typing import Any

import pytest
from fastapi import APIRouter

from padstone.app import create_app
from padstone.app.authenticators import user_upkeep
from padstone.auth.users import MailPurpose, user_routes
from padstone.ids import new_id
from padstone.jobs import Jobs
from padstone.testing.running import run

from .conftest import EMAIL, Little, Settings, StartLittle, User, describe


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

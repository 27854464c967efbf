"""E5: what `make dev` shows is there, works as it is printed, and is made once."""

import shlex
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx2
import pytest
from people import log_in
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import ApiKey, User
from app.seed import DEMO_EMAIL, seed
from padstone.seed import Seeding
from padstone.testing.contract.snapshot import snapshot
from padstone.testing.running import Running

Plant = Callable[..., Awaitable[Seeding]]


@pytest.fixture
def plant(session: AsyncSession, running: Running, tmp_path: Path) -> Plant:
    """Runs the seed as if in development, unless something else is said."""

    async def run(environment: str = "development") -> Seeding:
        settings = running.state["settings"].model_copy(update={"ENVIRONMENT": environment})
        seeding = Seeding(session, settings, tmp_path)
        await seed(seeding)
        await session.commit()
        return seeding

    return run


async def test_e5_the_first_curl_works_as_it_is_printed(
    plant: Plant, client: httpx2.AsyncClient
) -> None:
    """GIVEN a fresh database that was seeded
    WHEN the printed command is run as it stands
    THEN a model answers
    """
    [example] = (await plant()).examples
    command, url, *options = shlex.split(example.replace("{url}", ""))
    assert command == "curl"
    said = dict(zip(options[::2], options[1::2], strict=True))
    assert set(said) <= {"-H", "-d"}
    named = [one for flag, one in zip(options[::2], options[1::2], strict=True) if flag == "-H"]
    headers = dict(one.split(": ", 1) for one in named)
    answer = await client.post(url, content=said["-d"], headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.json()["choices"][0]["message"]["content"]


async def test_e5_the_demo_user_signs_in(plant: Plant, client: httpx2.AsyncClient) -> None:
    """GIVEN a fresh database that was seeded
    WHEN the printed user signs in with the printed password
    THEN they are in, with credits
    """
    shown = (await plant()).credentials
    credentials = {"email": DEMO_EMAIL, "password": shown[f"password of {DEMO_EMAIL}"]}
    tokens = await log_in(client, credentials)
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    me = (await client.get("/api/v1/auth/me", headers=headers)).json()
    assert me["credits_balance_micros"] > 0


async def test_e5_a_second_time_changes_nothing(plant: Plant, running: Running) -> None:
    """GIVEN a database that was seeded
    WHEN it is seeded again
    THEN every row is as before, and the same is shown
    """
    from app.models import Base

    first = await plant()
    before = await snapshot(running.state["database"], Base.metadata)
    again = await plant()
    assert await snapshot(running.state["database"], Base.metadata) == before
    assert (again.credentials, again.examples) == (first.credentials, first.examples)
    assert again.report == []


@pytest.mark.parametrize("environment", ["staging", "production", "test"])
async def test_e5_nobody_gets_in_by_a_demo_key_elsewhere(
    plant: Plant, session: AsyncSession, environment: str
) -> None:
    """GIVEN any environment but development
    WHEN it is seeded
    THEN there is no user and no key
    """
    seeding = await plant(environment)
    for model in (User, ApiKey):
        assert await session.scalar(select(func.count()).select_from(model)) == 0
    assert (seeding.credentials, seeding.examples) == ({}, [])

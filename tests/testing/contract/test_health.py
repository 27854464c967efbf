"""A dependency whose end is not noticed, and trouble with one that is taken for a wrong key."""

from typing import Any

import pytest
from fastapi import APIRouter, Depends
from sqlalchemy import select
from starlette.requests import Request

from contracted import ApiKey, Reader, ThingsWorld, keys, routes, serving
from padstone.app import Application, create_app
from padstone.db import Database
from padstone.errors import AuthError
from padstone.settings import DatabaseSettings
from padstone.state import opened
from padstone.testing.contract import health
from padstone.testing.running import run


@pytest.fixture(autouse=True)
def no_revisions(monkeypatch: pytest.MonkeyPatch) -> None:
    """There are none to be pending."""

    async def none(*_: object) -> list[object]:
        return []

    monkeypatch.setattr("padstone.migrations.scripts.pending", none)


async def check(settings: DatabaseSettings, *further: APIRouter, **options: Any) -> None:
    def made() -> Application:
        return create_app(
            settings,
            title="Things",
            version="1",
            routers=[*further, routes],
            api_keys=keys,
            **options,
        )

    # The world makes its callers in the database, and the server finds them there.
    async with (
        run(made(), settings) as running,
        running.client() as client,
        serving(made(), settings) as server,
    ):
        world = ThingsWorld(running, client)
        await health.test_c12_liveness_needs_nothing(world)
        await health.test_c12_a_dependency_that_is_gone_and_back(server, world, settings)


async def test_a_system_that_keeps_it(things_settings: DatabaseSettings) -> None:
    await check(things_settings)


async def test_a_dependency_that_no_test_can_take_away(things_settings: DatabaseSettings) -> None:
    async def answers() -> None: ...

    with pytest.raises(AssertionError, match=r"No test can take \['warehouse'\] away"):
        await check(things_settings, checks={"warehouse": lambda _: answers})


async def _forgiving(request: Request) -> None:
    try:
        async with opened(request, "database", Database).read_session() as session:
            await session.scalar(select(ApiKey.id))
    except Exception as error:
        raise AuthError from error


async def test_trouble_that_is_taken_for_a_wrong_key(things_settings: DatabaseSettings) -> None:
    faulty = APIRouter(prefix="/faults", dependencies=[Depends(_forgiving)])

    @faulty.get("")
    async def list_faults(_: Reader) -> list[str]:
        return []

    with pytest.raises(AssertionError, match="expected 503 of GET /faults"):
        await check(things_settings, faulty)


async def test_readiness_that_does_not_ask(
    things_settings: DatabaseSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing(_: Database) -> None: ...

    monkeypatch.setattr(Database, "check", nothing)
    monkeypatch.setattr(health, "_PATIENCE", 1.0)
    with pytest.raises(AssertionError, match="/health/ready did not answer 503"):
        await check(things_settings)

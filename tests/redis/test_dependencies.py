"""A route finds Redis where the application has it."""

from collections.abc import Callable

import httpx2
import pytest
from fastapi import APIRouter

from padstone.app import Application
from padstone.redis import RedisDep
from padstone.settings import RedisSettings
from started import MakeClient

router = APIRouter()


@router.get("/key")
async def read_key(redis: RedisDep) -> str:
    return redis.key("a")


async def test_a_route_finds_it(started: MakeClient, redis_settings: RedisSettings) -> None:
    async with started(router, settings=redis_settings) as client:
        answer = await client.get("/key")
    assert answer.json() == f"{redis_settings.REDIS_PREFIX}:a"


async def test_it_is_503_before_the_start(make_app: Callable[..., Application]) -> None:
    transport = httpx2.ASGITransport(app=make_app(router))
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.get("/key")).status_code == 503


@pytest.mark.parametrize(("optional", "status"), [(["redis"], 200), ([], 503)])
async def test_only_what_is_needed_decides_on_readiness(
    started: MakeClient, optional: list[str], status: int
) -> None:
    settings = RedisSettings(REDIS_URL="redis://127.0.0.1:1/0")  # nobody listens there
    async with started(router, settings=settings, optional=optional) as client:
        answer = await client.get("/health/ready")
    assert answer.status_code == status
    said = answer.json()["dependencies"]["redis"]
    assert (said["status"], said["required"]) == ("down", not optional)

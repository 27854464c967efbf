"""A route finds the limiter, whether the application has a Redis or not."""

from collections.abc import Callable

import httpx2
from fastapi import APIRouter

from padstone.app import Application
from padstone.ratelimit import Limit, LimiterDep
from padstone.settings import RedisSettings
from started import MakeClient

router = APIRouter()


@router.get("/hit")
async def hit(limiter: LimiterDep) -> tuple[bool, bool]:
    verdict = await limiter.hit("a", Limit.parse("2/day"))
    return verdict.allowed, verdict.is_shared


async def test_without_redis(started: MakeClient) -> None:
    async with started(router) as client:
        answers = [(await client.get("/hit")).json() for _ in range(3)]
    assert answers == [[True, False], [True, False], [False, False]]


async def test_with_redis(started: MakeClient, redis_settings: RedisSettings) -> None:
    """Two applications count together."""
    answers = []
    for _ in range(2):
        async with started(router, settings=redis_settings) as client:
            answers += [(await client.get("/hit")).json() for _ in range(2)]
    assert answers == [[True, True], [True, True], [False, True], [False, True]]


async def test_it_is_503_before_the_start(make_app: Callable[..., Application]) -> None:
    transport = httpx2.ASGITransport(app=make_app(router))
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.get("/hit")).status_code == 503

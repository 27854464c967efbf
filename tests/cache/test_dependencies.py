"""A route finds the cache where the application has a Redis."""

from fastapi import APIRouter

from padstone.cache import CacheDep
from padstone.settings import RedisSettings
from started import MakeClient

router = APIRouter()
MADE: list[int] = []


@router.get("/made")
async def made(cache: CacheDep) -> int:
    async def produce() -> int:
        MADE.append(1)
        return len(MADE)

    return await cache.get_or_set("made", produce, model=int, ttl=60)


async def test_two_applications_share_it(
    started: MakeClient, redis_settings: RedisSettings
) -> None:
    MADE.clear()
    for _ in range(2):
        async with started(router, settings=redis_settings) as client:
            assert (await client.get("/made")).json() == 1
            assert (await client.get("/made")).json() == 1
            metrics = (await client.get("/metrics")).text
    assert 'cache_requests_total{outcome="hit"} 2.0' in metrics


async def test_it_is_503_without(started: MakeClient) -> None:
    async with started(router) as client:
        assert (await client.get("/made")).status_code == 503


async def test_redis_that_is_away_changes_no_status(started: MakeClient) -> None:
    settings = RedisSettings(REDIS_URL="redis://127.0.0.1:1/0")  # nobody listens there
    MADE.clear()
    async with started(router, settings=settings) as client:
        assert [(await client.get("/made")).json() for _ in range(3)] == [1, 2, 3]
        metrics = (await client.get("/metrics")).text
    assert 'cache_requests_total{outcome="passed"} 3.0' in metrics
    assert "redis_failures_total" in metrics

"""Opening Redis and what stands on it: the cache, and the limiter, which is there without too."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any

from padstone.app.periodic import Periodic
from padstone.health import Check
from padstone.middleware import Metrics
from padstone.ratelimit import RateLimiter
from padstone.settings import RedisSettings, Settings

__all__ = ["open_limiter", "open_redis", "redis_gauge"]


async def open_redis(
    stack: AsyncExitStack,
    state: dict[str, Any],
    checks: dict[str, Check],
    metrics: Metrics,
    settings: RedisSettings,
) -> None:
    """Opens ``state["redis"]`` and ``state["cache"]``."""
    # Here, since a system without Redis should neither install nor import it.
    from padstone.cache import Cache
    from padstone.redis import RedisClient

    redis = RedisClient(settings, observe=metrics.redis_failed)
    stack.push_async_callback(redis.close)
    await redis.open()
    cache = Cache(redis, observe=metrics.cached)
    stack.push_async_callback(cache.close)
    state |= {"redis": redis, "cache": cache}
    checks["redis"] = redis.check


def open_limiter(state: dict[str, Any], metrics: Metrics, settings: Settings) -> None:
    """Opens ``state["limiter"]``, on Redis where the settings have it."""
    limiter = RateLimiter(observe=metrics.limited)
    if isinstance(settings, RedisSettings):
        share = settings.RATE_LIMIT_FALLBACK_SHARE
        limiter = RateLimiter(state["redis"], share=share, observe=metrics.limited)
    state["limiter"] = limiter


def redis_gauge(metrics: Metrics, settings: Settings) -> Periodic:
    """What is repeated for Redis: telling whether it counts as down."""

    async def observe(state: Mapping[str, Any]) -> None:
        metrics.redis(is_open=state["redis"].breaker.is_open)

    return Periodic("redis metrics", settings.HEALTH_INTERVAL_SECONDS, observe)

"""Counters that all processes share, in Redis."""

from padstone.ratelimit.gcra import SCRIPT, Outcome
from padstone.ratelimit.limit import Limit
from padstone.redis import RedisClient, RedisUnavailableError, Script

__all__ = ["RedisCounters"]

_SCRIPT = Script(SCRIPT)


class RedisCounters:
    """One round trip for each count."""

    def __init__(self, redis: RedisClient) -> None:
        self._redis = redis

    def name(self, key: str) -> str:
        """The key in Redis of ``key``."""
        return self._redis.key("limit", key)

    async def hit(self, name: str, limit: Limit, cost: int) -> Outcome | None:
        """Counts where ``limit`` allows it; ``None`` where Redis does not answer."""
        arguments = (limit.interval, limit.burst, cost)
        try:
            answer = await self._redis.run(lambda it: _SCRIPT(it, [name], arguments))
        except RedisUnavailableError:
            return None
        allowed, ahead, excess = answer
        return Outcome(bool(allowed), ahead, excess)

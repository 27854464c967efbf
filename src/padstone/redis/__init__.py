"""One Redis, or Valkey: its time limits, its breaker, and one door to it.

What is kept there may be lost, and it may not answer: whoever uses it says what happens then. A
frozen or missing Redis costs a few calls REDIS_TIMEOUT_SECONDS each; then the breaker opens, and
calls fail at once until it answers again.
"""

from padstone.extras import extra

with extra("redis"):
    from padstone.redis.breaker import Breaker
    from padstone.redis.client import RedisClient
    from padstone.redis.dependencies import RedisDep, redis_of
    from padstone.redis.failures import RedisUnavailableError
    from padstone.redis.script import Script

__all__ = ["Breaker", "RedisClient", "RedisDep", "RedisUnavailableError", "Script", "redis_of"]

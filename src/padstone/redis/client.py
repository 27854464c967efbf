"""Redis as the rest of an application sees it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import structlog
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from padstone.redis.breaker import Breaker
from padstone.redis.failures import RedisUnavailableError, translate
from padstone.settings import RedisSettings

__all__ = ["RedisClient"]

T = TypeVar("T")


def _count_nothing() -> None:
    """For whoever wants no numbers."""


class RedisClient:
    """A pool of connections behind one door, ``run``, which has a time limit and a breaker.

    Building it connects nothing. Nothing is tried a second time: a call whose answer is lost may
    have had its effect. ``observe`` is called for each failure.
    """

    def __init__(
        self, settings: RedisSettings, *, observe: Callable[[], None] = _count_nothing
    ) -> None:
        if settings.REDIS_URL is None:
            raise ValueError("REDIS_URL is not set")
        self._seconds = settings.REDIS_TIMEOUT_SECONDS
        self._prefix = f"{(settings.REDIS_PREFIX or settings.SYSTEM).rstrip(':')}:"
        self._redis: Redis = Redis.from_pool(_pool(settings, settings.REDIS_URL))
        self.breaker = Breaker(self._ping, every=settings.REDIS_RETRY_SECONDS, observe=observe)

    async def open(self) -> None:
        """Asks whether it is there. One that is down is only logged."""
        try:
            await self.check()
        except RedisUnavailableError as error:
            structlog.get_logger("padstone.redis").warning(
                "redis is not usable yet", reason=error.detail
            )

    async def close(self) -> None:
        """Closes every connection."""
        await self.breaker.close()
        await self._redis.aclose(close_connection_pool=True)

    async def check(self) -> None:
        """Asks for a sign of life. A failure counts for the breaker too."""
        try:
            await self._ping()
        except Exception as error:
            self._failed(error)
            raise

    def key(self, *parts: str) -> str:
        """The key of ``parts``, which begins with this application's prefix.

        Different parts make different keys, whatever is in them.
        """
        return self._prefix + ":".join(map(_quoted, parts))

    async def run(self, call: Callable[[Redis], Awaitable[T]]) -> T:
        """What ``call`` gets from Redis: ``await client.run(lambda redis: redis.get(key))``.

        Raises ``RedisUnavailableError`` within REDIS_TIMEOUT_SECONDS, and at once while the breaker
        is open.
        """
        if self.breaker.is_open:
            raise RedisUnavailableError
        try:
            async with asyncio.timeout(self._seconds):
                answer = await call(self._redis)
        except Exception as error:
            self._failed(error)
            raise
        self.breaker.succeeded()
        return answer

    @contextmanager
    def prefixed(self, more: str) -> Iterator[None]:
        """Meanwhile keys begin with ``more`` too, after the prefix: a test's own part of Redis."""
        before, self._prefix = self._prefix, f"{self._prefix}{_quoted(more)}:"
        try:
            yield
        finally:
            self._prefix = before

    async def _ping(self) -> None:
        async with asyncio.timeout(self._seconds):
            await self._redis.ping()

    def _failed(self, error: Exception) -> None:
        """Counts ``error`` and raises what it means, where it is no defect of ours."""
        meant = translate(error)
        if meant is not None:
            self.breaker.failed(type(error).__name__)
            raise meant from error


def _pool(settings: RedisSettings, url: str) -> BlockingConnectionPool:
    seconds = settings.REDIS_TIMEOUT_SECONDS
    options: dict[str, Any] = {}
    if url.startswith("rediss://"):
        options["ssl_ca_certs"] = settings.REDIS_SSL_ROOT_CERT
    return BlockingConnectionPool.from_url(
        url,
        max_connections=settings.REDIS_POOL_SIZE,
        timeout=seconds,
        # What a call may take is for `run` to say. Given this, the client would await by
        # asyncio.wait_for, which in Python 3.11 now and then takes a cancellation for an answer:
        # whoever was cancelled goes on for ever.
        socket_timeout=None,
        socket_connect_timeout=seconds,
        retry=Retry(NoBackoff(), 0),
        # With the third, connections that the server has closed are taken for good ones.
        protocol=2,
        client_name=settings.SYSTEM,
        **options,
    )


def _quoted(part: str) -> str:
    return part.replace("%", "%25").replace(":", "%3A") if ":" in part or "%" in part else part

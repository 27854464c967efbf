"""Redis as a FastAPI dependency."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from padstone.redis.client import RedisClient
from padstone.state import opened

__all__ = ["RedisDep", "redis_of"]


def redis_of(connection: HTTPConnection) -> RedisClient:
    """The application's Redis. ``UnavailableError`` where the application has not started."""
    return opened(connection, "redis", RedisClient)


async def _redis(connection: HTTPConnection) -> RedisClient:
    return redis_of(connection)


RedisDep = Annotated[RedisClient, Depends(_redis)]
"""The application's Redis."""

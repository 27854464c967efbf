"""The limiter as a FastAPI dependency."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from padstone.ratelimit.limiter import RateLimiter
from padstone.state import opened

__all__ = ["LimiterDep", "limiter_of"]


def limiter_of(connection: HTTPConnection) -> RateLimiter:
    """The application's limiter. ``UnavailableError`` where the application has not started."""
    return opened(connection, "limiter", RateLimiter)


async def _limiter(connection: HTTPConnection) -> RateLimiter:
    return limiter_of(connection)


LimiterDep = Annotated[RateLimiter, Depends(_limiter)]
"""The application's limiter, for a route that counts by itself."""

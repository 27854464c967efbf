"""The cache as a FastAPI dependency."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from padstone.cache.cache import Cache
from padstone.state import opened

__all__ = ["CacheDep", "cache_of"]


def cache_of(connection: HTTPConnection) -> Cache:
    """The application's cache. ``UnavailableError`` where the application has not started."""
    return opened(connection, "cache", Cache)


async def _cache(connection: HTTPConnection) -> Cache:
    return cache_of(connection)


CacheDep = Annotated[Cache, Depends(_cache)]
"""The application's cache."""

"""The storage as a FastAPI dependency."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from padstone.state import opened
from padstone.storage.storage import Storage

__all__ = ["StorageDep", "storage_of"]


def storage_of(connection: HTTPConnection) -> Storage:
    """The application's storage. ``UnavailableError`` where the application has not started."""
    return opened(connection, "storage", Storage)


async def _storage(connection: HTTPConnection) -> Storage:
    return storage_of(connection)


StorageDep = Annotated[Storage, Depends(_storage)]
"""The application's storage."""

"""The storage as a FastAPI dependency."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from padstone.errors import UnavailableError
from padstone.storage.storage import Storage

__all__ = ["StorageDep", "storage_of"]


def storage_of(connection: HTTPConnection) -> Storage:
    """The application's storage. ``UnavailableError`` where the application has not started."""
    storage = getattr(connection.state, "storage", None)
    if not isinstance(storage, Storage):
        raise UnavailableError("The application has not started yet.")
    return storage


async def _storage(connection: HTTPConnection) -> Storage:
    return storage_of(connection)


StorageDep = Annotated[Storage, Depends(_storage)]
"""The application's storage."""

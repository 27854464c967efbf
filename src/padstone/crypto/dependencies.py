"""The key ring as a FastAPI dependency."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from padstone.crypto.ring import KeyRing
from padstone.state import opened

__all__ = ["KeyRingDep"]


async def _key_ring(connection: HTTPConnection) -> KeyRing:
    return opened(connection, "keyring", KeyRing)


KeyRingDep = Annotated[KeyRing, Depends(_key_ring)]
"""The application's key ring, where its settings inherit ``EncryptionSettings``."""

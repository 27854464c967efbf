"""API keys for as long as an application runs that ``create_app`` has not made."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from padstone.auth.api_keys import ApiKeys
from padstone.auth.authenticator import ApiKeyAuthenticator
from padstone.db import Database, Listener

__all__ = ["open_api_keys"]


@asynccontextmanager
async def open_api_keys(keys: ApiKeys, database: Database) -> AsyncIterator[ApiKeyAuthenticator]:
    """What knows the keys, hearing of their changes on a connection of its own.

    The lifespan yields it as ``{"api_keys": …}`` beside the database, and the guards find it there.
    """
    listener = Listener(database.settings)
    authenticator = ApiKeyAuthenticator(keys, listener)
    await authenticator.open(database)
    listener.start()
    try:
        yield authenticator
    finally:
        await listener.stop()
        await authenticator.close()

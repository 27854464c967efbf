"""API keys where ``create_app`` has not made the application."""

import asyncio

import pytest

from padstone.auth import ApiKeys, open_api_keys
from padstone.db import Database
from padstone.errors import AuthError


async def test_it_listens_within_the_block_and_gives_its_connection_back(
    keys: ApiKeys, database: Database
) -> None:
    async with open_api_keys(keys, database) as authenticator:
        async with asyncio.timeout(10):
            while not authenticator.is_listening:  # it is another task's doing
                await asyncio.sleep(0.005)
        with pytest.raises(AuthError):
            await authenticator.authenticate("sk_live_nothing")
    assert not authenticator.is_listening

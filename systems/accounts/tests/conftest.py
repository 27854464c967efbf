"""Accounts and keys for tests. The services, the client and the isolation come from the plugin."""

from datetime import datetime
from typing import Any

import pytest
from callers import Caller, MakeCaller
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.security import Scope
from app.services.accounts import find_or_create_account
from app.services.keys import api_keys
from padstone.auth import ApiKeyService
from padstone.ids import encode_public_id, new_id


@pytest.fixture
def make_caller(session: AsyncSession) -> MakeCaller:
    """Makes accounts with a key each; committed where the test's commits are real."""

    async def make(
        *,
        email: str | None = None,
        scopes: list[str] | None = None,
        expires_at: datetime | None = None,
        **values: Any,
    ) -> Caller:
        account = await find_or_create_account(session, email or f"{new_id().hex}@example.com")
        for name, value in values.items():
            setattr(account, name, value)
        made = await ApiKeyService(session, api_keys).create(
            account.id,
            name="test",
            scopes=list(Scope) if scopes is None else scopes,
        )
        made.key.expires_at = expires_at  # in the past too, which the service would refuse
        await session.commit()
        return Caller(account, made.secret, encode_public_id("key", made.key.id))

    return make


@pytest.fixture
async def caller(make_caller: MakeCaller) -> Caller:
    """An account with a key that may do everything."""
    return await make_caller()

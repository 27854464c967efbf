"""Users for tests. The services, the client and the isolation come from the plugin."""

from typing import Any

import pytest
from people import SignedIn, SignIn
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.security import Role
from app.services.auth_service import users
from padstone.testing.running import Running
from padstone.testing.users import sign_in


@pytest.fixture
def signed_in(session: AsyncSession, running: Running) -> SignIn:
    """Makes users with a session; committed where the test's commits are real."""

    async def make(role: Role = Role.ANALYST, **columns: Any) -> SignedIn:
        return await sign_in(session, users, running.state["settings"], role=role, **columns)

    return make


@pytest.fixture
async def analyst(signed_in: SignIn) -> SignedIn:
    return await signed_in(Role.ANALYST)


@pytest.fixture
async def admin(signed_in: SignIn) -> SignedIn:
    return await signed_in(Role.ADMIN)

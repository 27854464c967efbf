"""What the tests of this system share. The rest comes from Padstone's plugin."""

import pytest
from people import SignedIn, SignIn
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.security import Role
from app.services.users import users
from padstone.testing.running import Running
from padstone.testing.users import sign_in


@pytest.fixture
def signed_in(session: AsyncSession, running: Running) -> SignIn:
    """Makes users with a session; committed where the test's commits are real."""

    async def make(role: Role = Role.MEMBER, **columns: object) -> SignedIn:
        return await sign_in(session, users, running.state["settings"], role=role, **columns)

    return make


@pytest.fixture
async def member(signed_in: SignIn) -> SignedIn:
    return await signed_in()


@pytest.fixture
async def admin(signed_in: SignIn) -> SignedIn:
    return await signed_in(Role.ADMIN)

"""Two users who are signed in. The database and the client come from Padstone's plugin."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.services.users import users
from padstone.testing.running import Running
from padstone.testing.users import SignedIn, sign_in


@pytest.fixture
async def ann(session: AsyncSession, running: Running) -> SignedIn:
    return await sign_in(session, users, running.state["settings"])


@pytest.fixture
async def bob(session: AsyncSession, running: Running) -> SignedIn:
    return await sign_in(session, users, running.state["settings"])

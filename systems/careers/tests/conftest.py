"""Users for tests. The services, the client and the isolation come from the plugin."""

from typing import Any

import httpx2
import pytest
from members import MakeMember, Member
from sqlalchemy.ext.asyncio import AsyncSession

from app.services.users import users
from padstone.testing.running import Running
from padstone.testing.users import sign_in


@pytest.fixture
def make_member(client: httpx2.AsyncClient, session: AsyncSession, running: Running) -> MakeMember:
    """Makes signed-in users; committed where the test's commits are real."""

    async def make(**columns: Any) -> Member:
        made = await sign_in(session, users, running.state["settings"], **columns)
        return Member(made.user.id, made.headers, client)

    return make


@pytest.fixture
async def member(make_member: MakeMember) -> Member:
    """A signed-in user."""
    return await make_member()

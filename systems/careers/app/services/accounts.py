"""The user's own row."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.exceptions import NotFoundError
from app.models import User

__all__ = ["get_user", "update_user"]


async def get_user(session: AsyncSession, user_id: UUID) -> User:
    """The living user, or ``NotFoundError``."""
    found = await session.scalar(select(User).where(User.id == user_id))
    if found is None:
        raise NotFoundError
    return found


async def update_user(session: AsyncSession, user_id: UUID, changes: Mapping[str, Any]) -> User:
    """The user with ``changes``; the other columns stay as they are."""
    user = await get_user(session, user_id)
    for name, value in changes.items():
        setattr(user, name, value)
    await session.flush()
    return user

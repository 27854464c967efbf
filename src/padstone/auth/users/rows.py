"""How users are found and changed: the few statements that several flows share."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.auth.users.users import Users

__all__ = ["change_user", "user_by_email", "user_by_id"]


async def user_by_email(session: AsyncSession, users: Users, email: str) -> Any | None:
    """The living user of an address, or ``None``."""
    return await _one(session, users, users.model.email == email)


async def user_by_id(session: AsyncSession, users: Users, user_id: UUID) -> Any | None:
    """The living user with this id, or ``None``."""
    return await _one(session, users, users.model.id == user_id)


async def change_user(
    session: AsyncSession, users: Users, user: Any, *conditions: ColumnElement[bool], **values: Any
) -> bool:
    """Writes ``values`` where the password is still the one of ``user`` as it was read.

    Passwords are hashed and verified outside of transactions, and meanwhile somebody else may have
    changed it. Whether the row was written.
    """
    model = users.model
    written = await session.execute(
        update(model)
        .where(
            model.id == user.id,
            model.password_hash.is_not_distinct_from(user.password_hash),
            *conditions,
        )
        .values(**values)
        .returning(model.id),
        execution_options={"synchronize_session": False},
    )
    return written.first() is not None


async def _one(session: AsyncSession, users: Users, condition: ColumnElement[bool]) -> Any | None:
    return await session.scalar(select(users.model).where(condition))

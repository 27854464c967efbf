"""Taking away what nobody needs any more: ended sessions, and attempts that no longer count."""

from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.auth.users.users import Users

__all__ = ["purge_ended"]


async def purge_ended(session: AsyncSession, users: Users, limit: int = 1000) -> int:
    """Deletes up to ``limit`` rows of each kind; how many. Several processes may do it at once."""
    sessions, attempts = users.session_model, users.attempt_model
    long_ago = func.now() - users.keep_ended
    over = or_(sessions.expires_at < long_ago, sessions.revoked_at < long_ago)
    return await _delete(session, sessions, sessions.id, over, limit) + await _delete(
        session, attempts, attempts.subject_hash, attempts.expires_at < func.now(), limit
    )


async def _delete(
    session: AsyncSession, model: Any, key: Any, condition: ColumnElement[bool], limit: int
) -> int:
    # In a WITH, since PostgreSQL may carry out a subquery once for each row, each time with others.
    free = (
        select(key.label("key"))
        .where(condition)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("free")
    )
    gone = await session.execute(
        delete(model).where(key.in_(select(free.c.key))).returning(key),
        execution_options={"synchronize_session": False},
    )
    return len(gone.all())

"""All that there is of one user, to take away (GDPR, article 20)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, select
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.exceptions import NotFoundError
from app.models import Base, User
from app.schemas.user import UserExport
from padstone.crypto import Encrypted

__all__ = ["export", "tables_of_users"]

# What proves who somebody is, and what is encrypted, is no part of it.
_SECRET = frozenset({"password_hash", "generation", "browser_generation"})
_USERS: Table = User.metadata.tables["users"]


async def export(session: AsyncSession, user_id: UUID) -> UserExport:
    """Every row of every table that is the user's, deleted ones included, by table.

    Secrets are left out: the hash of the password, and the credentials' encrypted ones. Raises
    ``NotFoundError`` where the user is gone.
    """
    rows = {
        table.name: await _rows(session, table, condition)
        for table, condition in tables_of_users(user_id)
    }
    if not rows[_USERS.name]:
        raise NotFoundError
    (user,) = rows.pop(_USERS.name)
    return UserExport(exported_at=datetime.now(UTC), user=user, tables=rows)


def tables_of_users(user_id: UUID) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """Each table that holds something of users, with the condition for this one's rows.

    Found by the foreign keys that lead to ``users``, so that a new table is not forgotten.
    """
    for table in Base.metadata.sorted_tables:
        condition = _condition(table, user_id)
        if condition is not None:
            yield table, condition


def _condition(table: Table, user_id: UUID) -> ColumnElement[bool] | None:
    if table is _USERS:
        return _USERS.c.id == user_id
    for key in sorted(table.foreign_keys, key=lambda key: key.parent.name):
        # A row that would stay without what it points to does not belong to it.
        if key.ondelete == "CASCADE":
            above = _condition(key.column.table, user_id)
            if above is not None:
                return key.parent.in_(select(key.column).where(above))
    return None


async def _rows(
    session: AsyncSession, table: Table, condition: ColumnElement[bool]
) -> list[dict[str, Any]]:
    shown = [column for column in table.c if _is_shown(column)]
    found = await session.execute(select(*shown).where(condition).order_by(table.c.id))
    return [dict(row._mapping) for row in found]  # noqa: SLF001  # SQLAlchemy's public name for it


def _is_shown(column: Any) -> bool:
    hidden = isinstance(column.type, TSVECTOR | Encrypted) or column.name in _SECRET
    return not hidden

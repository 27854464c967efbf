"""The columns of a system's table of answers, and its purge."""

from datetime import datetime
from typing import Any

from sqlalchemy import SmallInteger, Table, UniqueConstraint, delete, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

__all__ = ["IdempotencyRecordColumns", "purge_expired"]


class IdempotencyRecordColumns:
    """One answered request. It brings its unique constraint along."""

    principal: Mapped[str] = mapped_column(comment="Whose request it was.")
    operation: Mapped[str] = mapped_column(comment="Method and route template.")
    key: Mapped[str] = mapped_column(comment="The client's Idempotency-Key.")
    request_hash: Mapped[bytes] = mapped_column(comment="SHA-256 of path, query and body.")
    status: Mapped[int] = mapped_column(SmallInteger)
    headers: Mapped[list[list[str]]] = mapped_column(JSONB, comment="Pairs of name and value.")
    body: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime] = mapped_column(index=True)

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        # After the mapping, so that a table with `__table_args__` of its own has it too.
        table = cls.__dict__.get("__table__")
        if isinstance(table, Table):
            UniqueConstraint(table.c.principal, table.c.operation, table.c.key)


async def purge_expired(session: AsyncSession, model: type[IdempotencyRecordColumns]) -> int:
    """Deletes the answers whose time is over; how many. An expired one is not replayed anyway."""
    purged = await session.scalars(
        delete(model).where(model.expires_at <= func.now()).returning(model.expires_at)
    )
    return len(purged.all())

"""Offset paging: jumps anywhere and knows the total, and reads everything that it skips."""

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.pages.params import OffsetParams

__all__ = ["paginate_by_offset"]

T = TypeVar("T")


async def paginate_by_offset(
    session: AsyncSession, statement: Select[T], *, params: OffsetParams
) -> tuple[Sequence[T], int]:
    """The page's rows and the length of the whole list.

    ``statement`` is ordered by something unique, or rows may change places between two pages.
    """
    whole = statement.order_by(None).subquery()
    total = await session.scalar(select(func.count()).select_from(whole))
    rows = await session.scalars(statement.limit(params.limit).offset(params.offset))
    return rows.all(), total or 0

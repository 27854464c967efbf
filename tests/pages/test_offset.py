"""Offset paging."""

from datetime import UTC, datetime

from sqlalchemy import select

from padstone.db import Database
from padstone.pages import OffsetParams, paginate_by_offset

from .conftest import Thing


async def test_a_page_and_the_length_of_the_whole_list(things: Database) -> None:
    async with things.session() as session:
        session.add_all([Thing(rank=rank) for rank in range(7)])
        session.add(Thing(rank=3, deleted_at=datetime.now(UTC)))
        session.add(Thing(rank=100))
    async with things.read_session() as session:
        statement = select(Thing).where(Thing.rank < 100).order_by(Thing.rank)
        rows, total = await paginate_by_offset(
            session, statement, params=OffsetParams(limit=3, offset=5)
        )
    assert [row.rank for row in rows] == [5, 6]
    assert total == 7  # the deleted one is not counted


async def test_an_empty_list_and_a_page_beyond_the_end(things: Database) -> None:
    async with things.read_session() as session:
        statement = select(Thing).order_by(Thing.id)
        assert await paginate_by_offset(session, statement, params=OffsetParams()) == ([], 0)

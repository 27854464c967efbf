"""Answers that were kept for requests that might be repeated go when their time is over."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase

from padstone.app import answer_upkeep
from padstone.db import Database
from padstone.idempotency import IdempotencyRecordColumns
from padstone.models import Identified, TableBase, new_metadata


class Base(DeclarativeBase, TableBase):
    metadata = new_metadata()


class Answer(Identified, IdempotencyRecordColumns, Base):
    __tablename__ = "answers"


async def test_those_whose_time_is_over_go(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    said = {"principal": "a", "operation": "b", "request_hash": b"", "status": 200}
    async with database.session() as session:
        for hours in (-1, 1):
            expires = datetime.now(UTC) + timedelta(hours=hours)
            answer = Answer(**said, key=str(hours), headers=[], body=b"", expires_at=expires)
            session.add(answer)
    await answer_upkeep(Answer).work({"database": database})
    async with database.session() as session:
        assert list(await session.scalars(select(Answer.key))) == ["1"]

"""A table to page through: short of distinct values, so that ties and nulls abound."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
import pytest_asyncio
from pydantic import SecretStr
from sqlalchemy import Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from padstone.db import Database
from padstone.models import Identified, SoftDeleted, TableBase, new_metadata
from padstone.pages import CursorSigner


class Base(DeclarativeBase, TableBase):
    metadata = new_metadata()


class Thing(Base, Identified, SoftDeleted):
    __tablename__ = "things"
    owner: Mapped[UUID | None] = mapped_column(default=None)
    # The collation that Python sorts by.
    name: Mapped[str] = mapped_column(Text(collation="C"), default="")
    rank: Mapped[int] = mapped_column(default=0)
    note: Mapped[str | None] = mapped_column(Text(collation="C"), default=None)
    price: Mapped[Decimal | None] = mapped_column(default=None)
    seen: Mapped[datetime | None] = mapped_column(default=None)
    day: Mapped[date | None] = mapped_column(default=None)
    ready: Mapped[bool] = mapped_column(default=False)


@pytest.fixture
def signer() -> CursorSigner:
    return CursorSigner(SecretStr("s" * 32))


@pytest_asyncio.fixture
async def things(database: Database) -> AsyncIterator[Database]:
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield database

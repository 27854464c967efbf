"""Files as they come in, in pieces of any size, and a table to import into."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import CheckConstraint, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from padstone.db import Database
from padstone.models import Identified, TableBase, new_metadata
from padstone.settings import DatabaseSettings
from padstone.transfer import Limits, Row, read_rows


class Base(DeclarativeBase, TableBase):
    metadata = new_metadata()


class Thing(Base, Identified):
    __tablename__ = "things"
    __table_args__ = (CheckConstraint("price >= 0", name="price"),)
    name: Mapped[str] = mapped_column(Text(), unique=True)
    price: Mapped[int] = mapped_column(default=0)


async def pieces(data: bytes, size: int) -> AsyncIterator[bytes]:
    for at in range(0, len(data), size):
        yield data[at : at + size]


Read = Callable[..., Any]


@pytest.fixture
def read() -> Read:
    """All rows of a file that comes in in pieces of ``size`` bytes."""

    async def read(
        data: bytes | str,
        content_type: str = "text/csv",
        *,
        size: int = 1 << 20,
        limits: Limits | None = None,
    ) -> list[Row]:
        whole = data.encode() if isinstance(data, str) else data
        return [row async for row in read_rows(pieces(whole, size), content_type, limits=limits)]

    return read


@pytest_asyncio.fixture
async def database(blank_database: str) -> AsyncIterator[Database]:
    database = Database(DatabaseSettings(DATABASE_URL=blank_database, DATABASE_POOL_MIN_SIZE=0))
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield database
    await database.close()


@pytest.fixture
def thing() -> type[Thing]:
    return Thing

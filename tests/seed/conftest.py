"""A small catalogue, and a seeding of it."""

from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import pytest
import pytest_asyncio
from sqlalchemy import JSON, ForeignKey, UniqueConstraint, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from padstone.db import Database
from padstone.migrations.triggers import triggers_sql
from padstone.models import (
    Identified,
    Revisioned,
    SoftDeleted,
    TableBase,
    Timestamped,
    new_metadata,
    unique_living,
)
from padstone.seed import Seeding
from padstone.seed.pace import Pace
from padstone.settings import Settings


class Base(DeclarativeBase, TableBase):
    metadata = new_metadata()


class Category(Identified, Timestamped, Revisioned, SoftDeleted, Base):
    __tablename__ = "categories"
    __table_args__ = (unique_living("categories", "slug"),)

    slug: Mapped[str]
    name: Mapped[str]
    note: Mapped[str | None]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("categories.id"))


class Product(Identified, Timestamped, Revisioned, Base):
    __tablename__ = "products"
    __table_args__ = (UniqueConstraint("maker", "number"),)

    maker: Mapped[str]
    number: Mapped[int]
    price: Mapped[Decimal | None]
    tags: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    details: Mapped[dict[str, Any] | None] = mapped_column("details_json", JSON)
    facts: Mapped[dict[str, Any] | None]
    category_id: Mapped[UUID | None] = mapped_column(ForeignKey("categories.id"))


class Word(Base):
    __tablename__ = "words"

    word: Mapped[str] = mapped_column(primary_key=True)


@pytest_asyncio.fixture
async def session(database: Database) -> AsyncIterator[AsyncSession]:
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
        for statement in triggers_sql(Base.metadata):
            await connection.execute(text(statement))
    async with database.session() as opened:
        yield opened


class TinySettings(Settings):
    SYSTEM: ClassVar[str] = "tiny"


@pytest.fixture
def told() -> list[str]:
    """What the seeding said meanwhile; its clock goes on by a second whenever it looks."""
    return []


@pytest.fixture
def seeding(session: AsyncSession, tmp_path: Path, told: list[str]) -> Seeding:
    clock = iter(range(1000))
    return Seeding(session, TinySettings(), tmp_path, pace=Pace(told.append, clock=clock.__next__))


@pytest.fixture
def models() -> tuple[type[Category], type[Product], type[Word]]:
    return Category, Product, Word


@pytest.fixture
def shown(session: AsyncSession) -> Callable[[str], Any]:
    async def show(statement: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await session.execute(text(statement))]

    return show

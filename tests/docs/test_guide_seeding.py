"""The guide's first data is written as it is printed."""

import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar
from uuid import UUID

import pytest
import pytest_asyncio
from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from padstone.db import Database
from padstone.models import Identified, TableBase, new_metadata
from padstone.seed import Seeding
from padstone.settings import Settings

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "guide" / "seeding.md").read_text()


class Base(DeclarativeBase, TableBase):
    metadata = new_metadata()


class Category(Identified, Base):
    __tablename__ = "categories"

    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("categories.id"))


class Product(Identified, Base):
    __tablename__ = "products"
    __table_args__ = (UniqueConstraint("maker", "number"),)

    maker: Mapped[str]
    number: Mapped[int]
    category_id: Mapped[UUID] = mapped_column(ForeignKey("categories.id"))


class Development(Settings):
    SYSTEM: ClassVar[str] = "guide"


@pytest_asyncio.fixture
async def session(database: Database) -> AsyncIterator[AsyncSession]:
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with database.session() as opened:
        yield opened


async def test_the_report_is_the_one_that_is_printed(
    session: AsyncSession, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    app = ModuleType("app.models")
    app.Category, app.Product = Category, Product  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "app", ModuleType("app"))
    monkeypatch.setitem(sys.modules, "app.models", app)
    [snippet] = re.findall(r"```python file=seed.py\n(.*?)```", GUIDE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(snippet, "seed.py", "exec"), names)  # noqa: S102  # it is what is tested
    seeding = Seeding(session, Development(ENVIRONMENT="development"), tmp_path)
    await names["seed"](seeding)
    [printed] = re.findall(r"\$ padstone seed\n(.*?)```", GUIDE, re.DOTALL)
    assert seeding.report == printed.splitlines()

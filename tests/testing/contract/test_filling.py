"""Rows are made up for columns of every kind that the systems have."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Enum, ForeignKey, Identity, Numeric, text
from sqlalchemy.dialects.postgresql import ENUM
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from padstone.crypto import Ciphertext, Encrypted
from padstone.db import Database
from padstone.models import Identified, TableBase, new_metadata
from padstone.testing.contract.filling import Filling


class Kind(StrEnum):
    SMALL = "small"
    LARGE = "large"


class Base(DeclarativeBase, TableBase):
    metadata = new_metadata()


class Box(Identified, Base):
    __tablename__ = "boxes"
    __table_args__ = (CheckConstraint("status IN ('open', 'shut')", name="status"),)

    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("boxes.id"))
    number: Mapped[int] = mapped_column(Identity())
    status: Mapped[str]
    kind: Mapped[Kind] = mapped_column(Enum(Kind, name="box_kind"))
    size: Mapped[str] = mapped_column(ENUM("s", "m", name="box_size"))
    secret: Mapped[Ciphertext] = mapped_column(Encrypted())
    tags: Mapped[list[str]]
    notes: Mapped[dict[str, Any]]
    price: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    on: Mapped[date]
    at: Mapped[datetime]
    clock: Mapped[time]
    lasts: Mapped[timedelta]
    is_full: Mapped[bool]
    weight: Mapped[float]
    digest: Mapped[bytes]
    made: Mapped[str] = mapped_column(server_default=text("'here'"))
    maybe: Mapped[str | None]


class Label(Base):
    __tablename__ = "labels"

    box_id: Mapped[UUID] = mapped_column(ForeignKey("boxes.id"), primary_key=True)
    text: Mapped[str] = mapped_column(primary_key=True)


async def test_every_kind_of_column(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with database.session() as session:
        filling = Filling(session, Base.metadata, {"labels": {"text": "told"}})
        await filling.everything()
        box = await filling.first(Base.metadata.tables["boxes"])
        label = await filling.first(Base.metadata.tables["labels"])
    assert (box["status"], box["kind"], box["size"], box["made"]) == ("open", "small", "s", "here")
    assert box["maybe"] is None
    assert label == {"box_id": box["id"], "text": "told"}

"""The tables: goods that are everybody's, and folders with notes that are somebody's."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Enum,
    Float,
    ForeignKey,
    Integer,
    Numeric,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from padstone.auth import ApiKeyColumns, ApiKeys
from padstone.idempotency import IdempotencyRecordColumns
from padstone.models import (
    Identified,
    Revisioned,
    SoftDeleted,
    TableBase,
    Timestamped,
    new_metadata,
    search_vector,
    unique_living,
)


class Base(DeclarativeBase, TableBase):
    metadata = new_metadata()


class Account(Identified, Timestamped, SoftDeleted, Base):
    __tablename__ = "accounts"

    status: Mapped[str] = mapped_column(server_default="active")


class ApiKey(Identified, ApiKeyColumns, Timestamped, Base):
    __tablename__ = "api_keys"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))


SCOPES = ["catalog:write", "links:read", "links:write", "links:admin"]

api_keys = ApiKeys(
    model=ApiKey,
    owner=Account,
    owner_column="account_id",
    is_active=Account.status == "active",
    scopes=SCOPES,
)


class Status(StrEnum):
    DRAFT = "draft"
    LIVE = "live"
    ARCHIVED = "archived"


class Category(Identified, Timestamped, Revisioned, SoftDeleted, Base):
    __tablename__ = "categories"
    __table_args__ = (unique_living("categories", "name"),)

    name: Mapped[str]
    products: Mapped[list["Product"]] = relationship(back_populates="category", lazy="raise")


class Product(Identified, Timestamped, Revisioned, SoftDeleted, Base):
    __tablename__ = "products"
    __table_args__ = (unique_living("products", "slug"),)

    slug: Mapped[str]
    name: Mapped[str]
    description: Mapped[str | None]
    status: Mapped[Status] = mapped_column(
        Enum(
            Status, name="product_status", values_callable=lambda kind: [one.value for one in kind]
        )
    )
    price_minor: Mapped[int]
    weight: Mapped[Decimal | None] = mapped_column(Numeric(10, 3))
    released_on: Mapped[date | None]
    seen_at: Mapped[datetime | None]
    in_stock: Mapped[bool] = mapped_column(default=True)
    category_id: Mapped[UUID | None] = mapped_column(ForeignKey("categories.id"), index=True)
    category: Mapped[Category | None] = relationship(back_populates="products", lazy="raise")
    search_vector: Mapped[str] = search_vector("name", "description")


class Folder(Identified, Timestamped, Revisioned, SoftDeleted, Base):
    __tablename__ = "folders"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    notes: Mapped[list["Note"]] = relationship(back_populates="folder", lazy="raise")


class Note(Identified, Timestamped, Revisioned, Base):
    __tablename__ = "notes"

    folder_id: Mapped[UUID] = mapped_column(
        ForeignKey("folders.id", ondelete="CASCADE"), index=True
    )
    title: Mapped[str]
    rank: Mapped[int | None]
    folder: Mapped[Folder] = relationship(back_populates="notes", lazy="raise")


class Link(Identified, Timestamped, Revisioned, Base):
    """Owned, and points to an owned row."""

    __tablename__ = "links"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    folder_id: Mapped[UUID] = mapped_column(ForeignKey("folders.id", ondelete="CASCADE"))
    note_id: Mapped[UUID | None] = mapped_column(ForeignKey("notes.id", ondelete="CASCADE"))
    label: Mapped[str]


class Comment(Identified, Timestamped, SoftDeleted, Base):
    """Two levels below its owner, and never changed."""

    __tablename__ = "comments"

    note_id: Mapped[UUID] = mapped_column(ForeignKey("notes.id", ondelete="CASCADE"))
    words: Mapped[str]


class Shelf(Identified, Revisioned, Base):
    """Everybody's, and gone when it is deleted."""

    __tablename__ = "shelves"

    name: Mapped[str] = mapped_column(unique=True)


class Tag(Identified, Revisioned, Base):
    """Full of rules that only PostgreSQL knows."""

    __tablename__ = "tags"
    __table_args__ = (
        UniqueConstraint("user_id", "name"),
        CheckConstraint("position >= 0", name="position_from_zero"),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(20))
    position: Mapped[int | None] = mapped_column(Integer)
    amount: Mapped[Decimal | None] = mapped_column(Numeric(6, 2))
    ratio: Mapped[float | None] = mapped_column(Float)
    page: Mapped[str | None]
    extra: Mapped[dict[str, Any] | None]
    shelf_id: Mapped[UUID | None] = mapped_column(ForeignKey("shelves.id"))


class Record(Identified, IdempotencyRecordColumns, Base):
    __tablename__ = "records"

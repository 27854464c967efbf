"""The tables as SQLAlchemy models, with what FastAPI's and Litestar's peers read and write of them.

Python sees the same columns that ours has; those that nobody here asks for are left out.
"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, DateTime, ForeignKey, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedColumn, mapped_column, relationship
from sqlalchemy.schema import FetchedValue


class Base(DeclarativeBase):
    type_annotation_map = {  # noqa: RUF012
        datetime: DateTime(timezone=True),
        int: BigInteger,
        str: Text,
        dict[str, Any]: JSONB,
        list[dict[str, Any]]: JSONB,
    }


def _written_by_the_database() -> MappedColumn[Any]:
    return mapped_column(server_default=FetchedValue(), server_onupdate=FetchedValue())


class Category(Base):
    __tablename__ = "categories"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str]
    name: Mapped[str]
    deleted_at: Mapped[datetime | None]


class Product(Base):
    __tablename__ = "products"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    category_id: Mapped[UUID] = mapped_column(ForeignKey("categories.id"))
    sku: Mapped[str]
    slug: Mapped[str]
    name: Mapped[str]
    brand: Mapped[str]
    description: Mapped[str]
    price_minor: Mapped[int]
    currency: Mapped[str]
    stock: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    revision: Mapped[int]
    archived_at: Mapped[datetime | None] = mapped_column("deleted_at")

    category: Mapped[Category] = relationship(lazy="raise")


class User(Base):
    __tablename__ = "users"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str]
    suspended_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]


class Resume(Base):
    __tablename__ = "master_resumes"
    __mapper_args__ = {"eager_defaults": True}  # noqa: RUF012  # by RETURNING, not by a refresh

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    title: Mapped[str]
    full_name: Mapped[str]
    label: Mapped[str | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    url: Mapped[str | None]
    summary: Mapped[str | None]
    city: Mapped[str | None]
    region: Mapped[str | None]
    country_code: Mapped[str | None]
    profiles: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    other_sections: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = _written_by_the_database()
    updated_at: Mapped[datetime] = _written_by_the_database()
    deleted_at: Mapped[datetime | None]


class Account(Base):
    __tablename__ = "accounts"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str]
    status: Mapped[str]
    credits_balance_micros: Mapped[int]
    deleted_at: Mapped[datetime | None]


class ApiKey(Base):
    __tablename__ = "api_keys"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    key_hash: Mapped[bytes]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

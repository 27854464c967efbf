"""Products: what is sold, for how much, and how many there are."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base
from app.models.category import Category
from padstone.models import (
    Identified,
    Revisioned,
    SoftDeleted,
    Timestamped,
    search_vector,
    unique_living,
)

__all__ = ["Product"]


class Product(Identified, Timestamped, Revisioned, SoftDeleted, Base):
    """Something that can be bought. Archived it stays, since orders and stock refer to it."""

    __tablename__ = "products"
    __table_args__ = (
        CheckConstraint("price_minor >= 0", name="price_not_negative"),
        CheckConstraint("stock >= 0", name="stock_not_negative"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_code"),
        unique_living("products", "sku"),
        unique_living("products", "slug"),
        Index("ix_products_category_id_created_at_id", "category_id", "created_at", "id"),
        Index("ix_products_created_at_id", "created_at", "id"),
        Index("ix_products_price_minor_id", "price_minor", "id"),
        Index("ix_products_name_id", "name", "id"),
    )

    category_id: Mapped[UUID] = mapped_column(ForeignKey("categories.id"))
    sku: Mapped[str] = mapped_column(
        comment="The shop's own number for it; unique among living products."
    )
    slug: Mapped[str] = mapped_column(
        comment="Its name in addresses; unique among living products."
    )
    # A collation whose order never changes under a cursor or an index.
    name: Mapped[str] = mapped_column(Text(collation="C"))
    brand: Mapped[str] = mapped_column(server_default="")
    description: Mapped[str] = mapped_column(server_default="")
    price_minor: Mapped[int] = mapped_column(comment="In minor units of the currency.")
    currency: Mapped[str] = mapped_column(comment="ISO 4217.")
    stock: Mapped[int] = mapped_column(
        server_default="0", comment="How many can be sold now; stock_movements says how it came."
    )

    search_vector: Mapped[str | None] = search_vector("name", "brand", "sku", "description")

    category: Mapped[Category] = relationship(lazy="raise")

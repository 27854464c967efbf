"""What became of stock and prices: a row for each change, which nobody changes afterwards."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base
from padstone.models import Identified, one_of

__all__ = ["PriceChange", "StockMovement", "StockReason"]


class StockReason(StrEnum):
    """Why there are more or fewer of a product than before."""

    INITIAL = "initial"
    DELIVERY = "delivery"
    COUNT = "count"
    LOSS = "loss"
    RETURN = "return"
    IMPORT = "import"
    SALE = "sale"
    CANCELLATION = "cancellation"


class StockMovement(Identified, Base):
    """One change of a product's stock. The sum of a product's movements is its stock."""

    __tablename__ = "stock_movements"
    __table_args__ = (
        one_of("reason", StockReason),
        CheckConstraint("delta <> 0", name="delta_not_zero"),
        CheckConstraint("stock_after >= 0", name="stock_after_not_negative"),
        Index("ix_stock_movements_product_id_created_at_id", "product_id", "created_at", "id"),
    )

    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"))
    delta: Mapped[int] = mapped_column(comment="How many more; fewer are negative.")
    stock_after: Mapped[int]
    reason: Mapped[str]
    note: Mapped[str | None]
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("orders.id"), index=True)
    user_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True, comment="Who did it."
    )
    # The clock and not the transaction's begin: the row lock of the product is held by then, so
    # that the movements of one product are in their order.
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class PriceChange(Identified, Base):
    """A product's price from this moment on."""

    __tablename__ = "price_changes"
    __table_args__ = (
        CheckConstraint("price_minor >= 0", name="price_not_negative"),
        Index("ix_price_changes_product_id_created_at_id", "product_id", "created_at", "id"),
    )

    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"))
    price_minor: Mapped[int]
    currency: Mapped[str]
    user_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True, comment="Who set it."
    )
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())

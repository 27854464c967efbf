"""Orders: what was bought, for how much, and what became of it."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.order_status import OrderStatus
from app.models.base import Base
from padstone.models import Identified, Revisioned, Timestamped, one_of
from padstone.statuses import StatusChangeColumns

__all__ = ["Order", "OrderLine", "OrderStatusChange"]


class OrderLine(Identified, Base):
    """So many of one product, under the name and at the price that it had."""

    __tablename__ = "order_lines"
    __table_args__ = (
        UniqueConstraint("order_id", "product_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("unit_price_minor >= 0", name="unit_price_not_negative"),
        CheckConstraint("line_total_minor = quantity * unit_price_minor", name="line_total"),
    )

    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"))
    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id"), index=True)
    sku: Mapped[str]
    name: Mapped[str]
    quantity: Mapped[int]
    unit_price_minor: Mapped[int] = mapped_column(comment="In minor units, when it was ordered.")
    line_total_minor: Mapped[int]


class OrderStatusChange(Identified, StatusChangeColumns, Base):
    """One step of an order from a status to the next."""

    __tablename__ = "order_status_changes"
    __table_args__ = (
        one_of("to_status", OrderStatus),
        Index("ix_order_status_changes_order_id_created_at_id", "order_id", "created_at", "id"),
    )

    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"))
    user_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True, comment="Who took it."
    )


class Order(Identified, Timestamped, Revisioned, Base):
    """What one user bought at one moment. All of it has one currency."""

    __tablename__ = "orders"
    __table_args__ = (
        one_of("status", OrderStatus),
        CheckConstraint("total_minor >= 0", name="total_not_negative"),
        Index("ix_orders_user_id_created_at_id", "user_id", "created_at", "id"),
        Index("ix_orders_status_created_at_id", "status", "created_at", "id"),
        Index("ix_orders_created_at_id", "created_at", "id"),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    number: Mapped[str] = mapped_column(unique=True, comment="What people call it by.")
    status: Mapped[str] = mapped_column(server_default=OrderStatus.PENDING.value)
    total_minor: Mapped[int] = mapped_column(comment="In minor units of the currency.")
    currency: Mapped[str] = mapped_column(comment="ISO 4217.")

    lines: Mapped[list[OrderLine]] = relationship(lazy="raise", order_by=OrderLine.name)
    history: Mapped[list[OrderStatusChange]] = relationship(
        lazy="raise", order_by=(OrderStatusChange.created_at, OrderStatusChange.id)
    )

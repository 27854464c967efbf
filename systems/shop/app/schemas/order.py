"""Orders over the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.core.order_status import OrderStatus
from app.schemas.text import Note
from padstone.schemas import Body, Read

__all__ = ["OrderAdvance", "OrderCancel", "OrderCreate", "OrderDetail", "OrderRead"]


class OrderCreate(Body):
    """An order for what is in the cart."""

    expected_total_minor: Annotated[int, Field(ge=0)] | None = Field(
        None,
        description="What the buyer saw the cart cost, in minor units. Where it costs something "
        "else by now, nothing is ordered.",
        examples=[9800],
    )


class OrderCancel(Body):
    """Calls an order off."""

    note: Note | None = None


class OrderAdvance(Body):
    """The status that an order goes to."""

    status: OrderStatus
    note: Note | None = None


class OrderRead(Read):
    """An order."""

    id: UUID
    number: str = Field(description="What people call it by.", examples=["261121-7K3MQ"])
    user_id: UUID
    status: OrderStatus
    total_minor: int = Field(description="In minor units of the currency.", examples=[9800])
    currency: str = Field(description="ISO 4217.", examples=["EUR"])
    revision: int
    created_at: datetime
    updated_at: datetime


class OrderLineRead(Read):
    """So many of one product, under the name and at the price that it had."""

    product_id: UUID
    sku: str = Field(examples=["PAN-4001"])
    name: str = Field(examples=["Cast Iron Skillet 26 cm"])
    quantity: int = Field(examples=[2])
    unit_price_minor: int = Field(examples=[4900])
    line_total_minor: int = Field(examples=[9800])


class OrderStatusChangeRead(Read):
    """One step of an order."""

    from_status: OrderStatus | None
    to_status: OrderStatus
    note: str | None
    created_at: datetime


class OrderDetail(OrderRead):
    """An order with what was bought, and what became of it."""

    lines: list[OrderLineRead]
    history: list[OrderStatusChangeRead]

"""Carts over the wire."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.schemas.money import Amount
from padstone.schemas import Body, Read

__all__ = ["Availability", "CartLineRead", "CartLineUpdate", "CartRead", "Quantity"]

Availability = Literal["available", "not_enough_stock", "unavailable"]

Quantity = Annotated[
    int, Field(ge=1, le=10_000, description="How many of the product.", examples=[2])
]


class CartLineUpdate(Body):
    """How many of a product the cart shall hold."""

    quantity: Quantity


class CartLineRead(Read):
    """So many of one product, at its price of this moment."""

    product_id: UUID
    slug: str = Field(examples=["cast-iron-skillet-26-cm"])
    sku: str = Field(examples=["PAN-4001"])
    name: str = Field(examples=["Cast Iron Skillet 26 cm"])
    quantity: int = Field(examples=[2])
    unit_price_minor: int = Field(description="In minor units of the currency.", examples=[4900])
    currency: str = Field(description="ISO 4217.", examples=["EUR"])
    line_total_minor: int = Field(examples=[9800])
    availability: Availability = Field(
        description="`not_enough_stock` where there is less than the quantity, `unavailable` "
        "where the product is no longer sold."
    )
    in_stock: int = Field(description="How many there are.", examples=[62])


class CartRead(Read):
    """What the caller is about to buy."""

    lines: list[CartLineRead]
    totals: list[Amount] = Field(
        description="What the available lines cost, for each currency among them."
    )
    can_be_ordered: bool = Field(
        description="Whether an order would be taken: there are lines, all of them are available, "
        "and they have one currency."
    )

"""Products over the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from app.schemas.money import Currency, Price
from app.schemas.text import Description, Name, Note, Sku, Slug
from padstone.schemas import Body, Patch, Read

__all__ = [
    "PriceChangeRead",
    "ProductCategory",
    "ProductCreate",
    "ProductRead",
    "ProductRow",
    "ProductUpdate",
    "StockAdjustment",
    "StockLevel",
    "StockMovementRead",
]

MAX_STOCK = 1_000_000_000

Brand = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=100),
    Field(description="Who makes it.", examples=["Ferrum"]),
]
Stock = Annotated[
    int, Field(ge=0, le=MAX_STOCK, description="How many can be sold.", examples=[62])
]


class ProductFields(Body):
    """What managers say of a product."""

    sku: Sku
    name: Name
    brand: Brand = ""
    description: Description = ""
    category_id: UUID = Field(description="The category that it is in.")
    price_minor: Price


class ProductCreate(ProductFields):
    """A product to be made."""

    slug: Slug | None = None
    currency: Currency | None = Field(None, description="ISO 4217; the shop's when left out.")
    stock: Stock = 0


class ProductUpdate(Patch, ProductFields):
    """What is to change of a product. Its stock is changed by deliveries and counts."""

    slug: Slug
    currency: Currency


class ProductCategory(Read):
    """The category of a product."""

    id: UUID
    slug: str = Field(examples=["pans"])
    name: str = Field(examples=["Pans"])


class ProductRead(Read):
    """A product."""

    id: UUID
    sku: str = Field(examples=["PAN-4001"])
    slug: str = Field(examples=["cast-iron-skillet-26-cm"])
    name: str = Field(examples=["Cast Iron Skillet 26 cm"])
    brand: str = Field(examples=["Ferrum"])
    description: str
    category: ProductCategory | None
    price_minor: int = Field(description="In minor units of the currency.", examples=[4900])
    currency: str = Field(description="ISO 4217.", examples=["EUR"])
    stock: int = Field(description="How many can be sold.", examples=[62])
    revision: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None = Field(
        validation_alias="deleted_at", description="Since when it is no longer sold."
    )


class ProductRow(Body):
    """One row of an import: what it leaves out stays as it is.

    A new product needs a name, a category and a price.
    """

    sku: Sku
    name: Name | None = None
    slug: Slug | None = None
    brand: Brand | None = None
    description: Description | None = None
    category: Slug | None = Field(None, description="The slug of its category.")
    price_minor: Price | None = None
    currency: Currency | None = None
    stock: Stock | None = None


class StockAdjustment(Body):
    """More or fewer of a product: a change, or what was counted on the shelf."""

    delta: (
        Annotated[int, Field(ge=-MAX_STOCK, le=MAX_STOCK, description="How many more.")] | None
    ) = Field(None, examples=[20])
    counted: Stock | None = Field(None, description="How many there are.")
    reason: Literal["delivery", "count", "loss", "return"]
    note: Note | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> "StockAdjustment":
        if (self.delta is None) == (self.counted is None):
            raise ValueError("takes either delta or counted")
        return self


class StockLevel(Read):
    """How many of a product there are."""

    product_id: UUID
    stock: int = Field(examples=[82])


class StockMovementRead(Read):
    """One change of a product's stock."""

    id: UUID
    delta: int
    stock_after: int
    reason: str
    note: str | None
    order_id: UUID | None
    user_id: UUID | None
    created_at: datetime


class PriceChangeRead(Read):
    """A product's price from a moment on."""

    id: UUID
    price_minor: int
    currency: str
    user_id: UUID | None
    created_at: datetime

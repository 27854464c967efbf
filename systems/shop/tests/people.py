"""Who calls in the tests, and what they call about."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from app.models import Category, Product
from padstone.testing.users import SignedIn

__all__ = ["MakeCategory", "MakeProduct", "SignIn", "SignedIn"]

SignIn = Callable[..., Awaitable[SignedIn]]
MakeCategory = Callable[..., Awaitable[Category]]
MakeProduct = Callable[..., Awaitable[Product]]


def product_body(category_id: UUID, **values: Any) -> dict[str, Any]:
    """What a manager sends to make a product."""
    return {
        "sku": "POT-1",
        "name": "Tea Pot",
        "category_id": str(category_id),
        "price_minor": 4900,
        **values,
    }

"""People, categories and products for tests. The rest comes from the plugin."""

from itertools import count
from typing import Any

import pytest
from people import MakeCategory, MakeProduct, SignedIn, SignIn
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.security import Role
from app.models import Category, Product, StockReason
from app.services.products import record_new_product
from app.services.slugs import slug_of
from app.services.users import users
from padstone.ids import new_id
from padstone.testing.running import Running
from padstone.testing.users import sign_in


@pytest.fixture
def signed_in(session: AsyncSession, running: Running) -> SignIn:
    """Makes users with a session; committed where the test's commits are real."""

    async def make(role: Role = Role.BUYER, **columns: Any) -> SignedIn:
        return await sign_in(session, users, running.state["settings"], role=role, **columns)

    return make


@pytest.fixture
async def buyer(signed_in: SignIn) -> SignedIn:
    return await signed_in(Role.BUYER)


@pytest.fixture
async def manager(signed_in: SignIn) -> SignedIn:
    return await signed_in(Role.MANAGER)


@pytest.fixture
async def admin(signed_in: SignIn) -> SignedIn:
    return await signed_in(Role.ADMIN)


@pytest.fixture
def make_category(session: AsyncSession) -> MakeCategory:
    """Makes categories that are named by what they are given."""

    async def make(name: str, parent: Category | None = None, **values: Any) -> Category:
        category = Category(
            id=new_id(), name=name, slug=slug_of(name), parent_id=parent and parent.id, **values
        )
        session.add(category)
        await session.commit()
        return category

    return make


@pytest.fixture
async def shelf(make_category: MakeCategory) -> Category:
    """A category to put products into."""
    return await make_category("Shelf")


@pytest.fixture
def make_product(session: AsyncSession, shelf: Category) -> MakeProduct:
    """Makes products with a stock of ten, for 19.99 €, unless something else is said."""
    numbers = count(1)

    async def make(name: str = "Tea Pot", **values: Any) -> Product:
        number = next(numbers)
        product = Product(
            id=new_id(),
            **{
                "sku": f"SKU-{number}",
                "slug": f"{slug_of(name)}-{number}",
                "name": name,
                "category_id": shelf.id,
                "price_minor": 1999,
                "currency": "EUR",
                "stock": 10,
                **values,
            },
        )
        session.add(product)
        await session.flush()
        record_new_product(session, product, StockReason.INITIAL, user_id=None)
        await session.commit()
        return product

    return make


@pytest.fixture
async def product(make_product: MakeProduct) -> Product:
    return await make_product()

"""Products: what a change of one brings with it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Category, Product, StockReason
from app.services.categories import find_category
from app.services.slugs import SLUG_LENGTH, slug_of
from app.services.stock import record_price, record_stock
from padstone.errors import ConflictError

__all__ = [
    "ProductArchivedError",
    "change_product",
    "prepare_product",
    "product_slugs",
    "record_new_product",
    "require_shelf",
]


class ProductArchivedError(ConflictError):
    code = "product_archived"
    detail = "This product is archived. Restore it first."


async def product_slugs(session: AsyncSession, named: Sequence[tuple[str, str]]) -> list[str]:
    """A slug for each new product of this name and SKU; the SKU is in it where the name is taken.

    Two that are made at the same moment may get the same one; the unique index then refuses the
    second.
    """
    bases = [slug_of(name) for name, _ in named]
    taken = set(await session.scalars(select(Product.slug).where(Product.slug.in_(bases))))
    slugs = []
    for base, (_, sku) in zip(bases, named, strict=True):
        end = slug_of(sku)
        slug = f"{base[: SLUG_LENGTH - len(end) - 1]}-{end}" if base in taken else base
        taken.add(slug)
        slugs.append(slug)
    return slugs


async def prepare_product(
    session: AsyncSession, product: Product, *, slug: str | None, currency: str
) -> None:
    """For a new product: what was left out, and a category that stays."""
    if slug is None:
        [slug] = await product_slugs(session, [(product.name, product.sku)])
    product.slug = slug
    product.currency = currency
    await find_category(session, product.category_id, field="body.category_id")


def record_new_product(
    session: AsyncSession, product: Product, reason: StockReason, *, user_id: UUID | None
) -> None:
    """The first price and the first stock of a product that was made."""
    record_price(session, product.id, product.price_minor, product.currency, user_id=user_id)
    record_stock(session, product, product.stock, reason, user_id=user_id)


async def change_product(
    session: AsyncSession, product: Product, changes: Mapping[str, Any], *, user_id: UUID
) -> None:
    """For a product that is about to be changed: its new category stays, its new price is kept."""
    if product.deleted_at is not None:
        raise ProductArchivedError
    if changes.get("category_id", product.category_id) != product.category_id:
        await find_category(session, changes["category_id"], field="body.category_id")
    price = changes.get("price_minor", product.price_minor)
    currency = changes.get("currency", product.currency)
    if (price, currency) != (product.price_minor, product.currency):
        record_price(session, product.id, price, currency, user_id=user_id)


async def require_shelf(session: AsyncSession, product: Product) -> None:
    """Raises ``ProductArchivedError`` where the category of a restored product is archived."""
    found = await session.scalar(
        select(Category.id)
        .where(Category.id == product.category_id)
        .with_for_update(read=True, key_share=True)
    )
    if found is None:
        raise ProductArchivedError("Its category is archived. Restore the category first.")

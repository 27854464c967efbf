"""Products from a file: made or changed by their SKU, a batch at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Category, Product, StockReason
from app.schemas.product import ProductRow
from app.services.products import product_slugs, record_new_product
from app.services.stock import record_price, record_stock
from padstone.errors import FieldError
from padstone.ids import new_id
from padstone.transfer import Outcome, RowStatus

__all__ = ["CatalogueImport"]

# What a row says of a product, in the product's own words.
_SAME = ("name", "slug", "brand", "description", "price_minor", "currency", "stock")
_NEEDED = ("name", "category", "price_minor")


@dataclass(frozen=True, slots=True)
class CatalogueImport:
    """Writes rows for ``padstone.transfer.import_rows``.

    What a row leaves out stays as it is. A new price without a currency has ``currency``.
    """

    session: AsyncSession
    user_id: UUID
    currency: str

    async def write(self, rows: Sequence[ProductRow]) -> list[Outcome]:
        """What became of each row."""
        categories = await self._categories(rows)  # before products, like whoever archives one
        products = await self._products(rows)
        slugs = await self._slugs([row for row in rows if row.sku not in products])
        outcomes = []
        for row in rows:
            product = products.get(row.sku)
            errors = _errors(row, product, categories)
            if errors:
                outcomes.append(Outcome(RowStatus.FAILED, errors=errors))
            elif product is None:
                products[row.sku] = product = self._make(row, categories, slugs)
                outcomes.append(Outcome(RowStatus.CREATED, str(product.id)))
            else:
                outcomes.append(Outcome(self._change(product, row, categories), str(product.id)))
        await self.session.flush()
        return outcomes

    async def _products(self, rows: Sequence[ProductRow]) -> dict[str, Product]:
        # Locked in the order in which orders take them, so that neither waits in a circle.
        found = await self.session.scalars(
            select(Product)
            .where(Product.sku.in_({row.sku for row in rows}))
            .order_by(Product.id)
            .with_for_update()
            .execution_options(include_deleted=True, populate_existing=True)
        )
        # An archived one stands only where no living one has the SKU.
        by_life = sorted(found, key=lambda product: product.deleted_at is None)
        return {product.sku: product for product in by_life}

    async def _categories(self, rows: Sequence[ProductRow]) -> dict[str, UUID]:
        found = await self.session.execute(
            select(Category.slug, Category.id)
            .where(Category.slug.in_({row.category for row in rows if row.category}))
            .order_by(Category.id)
            .with_for_update(read=True, key_share=True)
        )
        return {row.slug: row.id for row in found}

    async def _slugs(self, rows: Sequence[ProductRow]) -> dict[str, str]:
        """A slug for each new SKU that has a name and says none."""
        new: dict[str, str] = {}
        for row in rows:
            if row.name and not row.slug:
                new.setdefault(row.sku, row.name)  # a second row of the same SKU changes the first
        found = await product_slugs(self.session, [(name, sku) for sku, name in new.items()])
        return dict(zip(new, found, strict=True))

    def _make(self, row: ProductRow, categories: dict[str, UUID], slugs: dict[str, str]) -> Product:
        values = _said(row, categories)
        product = Product(
            id=new_id(),
            sku=row.sku,
            **{"slug": slugs.get(row.sku), "currency": self.currency, "stock": 0, **values},
        )
        self.session.add(product)
        record_new_product(self.session, product, StockReason.IMPORT, user_id=self.user_id)
        return product

    def _change(self, product: Product, row: ProductRow, categories: dict[str, UUID]) -> RowStatus:
        said = _said(row, categories)
        changes = {name: said[name] for name in said if said[name] != getattr(product, name)}
        moved = changes.get("stock", product.stock) - product.stock
        for name, value in changes.items():
            setattr(product, name, value)
        record_stock(self.session, product, moved, StockReason.IMPORT, user_id=self.user_id)
        if {"price_minor", "currency"} & changes.keys():
            price, currency = product.price_minor, product.currency
            record_price(self.session, product.id, price, currency, user_id=self.user_id)
        return RowStatus.UPDATED if changes else RowStatus.UNCHANGED


def _said(row: ProductRow, categories: dict[str, UUID]) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in _SAME}
    if row.category is not None:
        values["category_id"] = categories[row.category]
    return {name: value for name, value in values.items() if value is not None}


def _errors(
    row: ProductRow, product: Product | None, categories: dict[str, UUID]
) -> list[FieldError]:
    if product is not None and product.deleted_at is not None:
        message = "belongs to an archived product; restore it first"
        return [FieldError("sku", message, "product_archived")]
    errors = []
    if product is None:
        missing = [name for name in _NEEDED if getattr(row, name) is None]
        errors = [FieldError(name, "is needed for a new product", "missing") for name in missing]
    if row.category is not None and row.category not in categories:
        message = "names no category; take a slug of GET /api/v1/categories"
        errors.append(FieldError("category", message, "unknown"))
    return errors

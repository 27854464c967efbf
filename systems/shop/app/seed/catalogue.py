"""The first catalogue, out of the files beside this module."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import insert, literal, select

from app.models import Category, PriceChange, Product, StockMovement, StockReason
from app.services.slugs import slug_of
from padstone.ids import new_id
from padstone.seed import ByKey, Seeding

__all__ = ["category_rows", "plant_categories", "plant_products", "product_rows"]

_FOLDER = Path(__file__).resolve().parent


async def plant_categories(seeding: Seeding) -> None:
    """The tree of a new shop. A shop that has categories, archived ones too, keeps its own."""
    if await _has_any(seeding, Category):
        seeding.say("categories: kept as they are")
        return
    await seeding.rows(Category, category_rows(), key="slug")


async def plant_products(seeding: Seeding) -> None:
    """The sample products, each with the first row of its stock and its price."""
    if await _has_any(seeding, Product):
        seeding.say("products: kept as they are")
        return
    await seeding.rows(Product, product_rows(), key="sku")
    found = await seeding.session.execute(
        select(Product.id, Product.stock, Product.price_minor, Product.currency)
    )
    products = found.all()
    await seeding.session.execute(
        insert(PriceChange),
        [
            {
                "id": new_id(),
                "product_id": product.id,
                "price_minor": product.price_minor,
                "currency": product.currency,
            }
            for product in products
        ],
    )
    await seeding.session.execute(
        insert(StockMovement),
        [
            {
                "id": new_id(),
                "product_id": product.id,
                "delta": product.stock,
                "stock_after": product.stock,
                "reason": StockReason.INITIAL,
            }
            for product in products
            if product.stock
        ],
    )


def category_rows() -> list[dict[str, Any]]:
    """The categories, each after the one that it is in."""
    return list(_below(json.loads((_FOLDER / "categories.json").read_text()), None))


def product_rows() -> list[dict[str, Any]]:
    """The products; the file can also be sent to the import."""
    with (_FOLDER / "products.csv").open(newline="", encoding="utf-8") as file:
        return [_product(row) for row in csv.DictReader(file)]


def _below(nodes: Sequence[Mapping[str, Any]], parent: str | None) -> Iterator[dict[str, Any]]:
    for place, node in enumerate(nodes, 1):
        yield {
            "slug": node["slug"],
            "name": node["name"],
            "description": node["description"],
            "position": place * 10,  # so that one can be put between two
            "parent_id": None if parent is None else ByKey(slug=parent),
        }
        yield from _below(node.get("children", ()), node["slug"])


def _product(row: Mapping[str, str]) -> dict[str, Any]:
    return {
        "sku": row["sku"],
        "slug": slug_of(row["name"]),
        "name": row["name"],
        "brand": row["brand"],
        "description": row["description"],
        "category_id": ByKey(slug=row["category"]),
        "price_minor": int(row["price_minor"]),
        "currency": row["currency"],
        "stock": int(row["stock"]),
    }


async def _has_any(seeding: Seeding, model: type[Category] | type[Product]) -> bool:
    some = select(literal(1)).select_from(model).limit(1)
    found = await seeding.session.scalar(some.execution_options(include_deleted=True))
    return found is not None

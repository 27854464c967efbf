"""A row names another by what a person calls it."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.seed import ByKey, RowCounts, SeedDataError, Seeding

Models = tuple[type[Any], type[Any], type[Any]]
Shown = Callable[[str], Awaitable[list[tuple[Any, ...]]]]

NAMED = """
SELECT p.maker, p.number, c.slug FROM products p JOIN categories c ON c.id = p.category_id
ORDER BY number
"""


async def test_a_row_of_another_table(seeding: Seeding, models: Models, shown: Shown) -> None:
    category, product, _ = models
    rows = [{"slug": slug, "name": "Same"} for slug in ("a", "b")]
    await seeding.rows(category, rows, key="slug")
    products = [
        {"maker": "M", "number": 1, "category_id": ByKey(slug="b")},
        {"maker": "M", "number": 2, "category_id": ByKey(slug="a", name="Same")},
        {"maker": "M", "number": 3, "category_id": None},
    ]
    key = ("maker", "number")
    assert await seeding.rows(product, products, key=key) == RowCounts(made=3)
    assert await shown(NAMED) == [("M", 1, "b"), ("M", 2, "a")]
    assert await seeding.rows(product, products, key=key) == RowCounts(unchanged=3)
    with pytest.raises(
        SeedDataError, match=r"ByKey\(name='Same'\) names several rows of categories"
    ):
        await seeding.rows(product, [products[0] | {"category_id": ByKey(name="Same")}], key=key)


async def test_a_row_that_the_session_has_not_written_yet(
    seeding: Seeding, models: Models, session: AsyncSession
) -> None:
    category, product, _ = models
    session.add(category(slug="new", name="New"))
    row = {"maker": "M", "number": 1, "category_id": ByKey(slug="new")}
    assert await seeding.rows(product, [row], key=("maker", "number")) == RowCounts(made=1)


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        (
            {"category_id": ByKey(slug="gone")},
            "row 1 of products: category_id is ByKey(slug='gone'), and there is no such row",
        ),
        (
            {"category_id": ByKey(slug="deleted")},
            "row 1 of products: category_id is ByKey(slug='deleted'), and there is no such row",
        ),
        ({"category_id": ByKey(slag="a")}, "categories has no column slag, which a ByKey names."),
        (
            {"price": ByKey(slug="a")},
            "products.price takes no ByKey: it has 0 foreign keys, and one says which",
        ),
    ],
)
async def test_what_names_nothing_is_refused(
    seeding: Seeding,
    models: Models,
    session: AsyncSession,
    reference: dict[str, Any],
    said: str,
) -> None:
    category, product, _ = models
    await seeding.rows(category, [{"slug": "deleted", "name": "D"}], key="slug")
    await session.execute(text("UPDATE categories SET deleted_at = now()"))
    with pytest.raises(SeedDataError) as refused:
        await seeding.rows(
            product, [{"maker": "M", "number": 1} | reference], key=("maker", "number")
        )
    assert refused.value.detail.startswith(said)


def test_a_key_is_compared_by_what_it_says() -> None:
    assert ByKey(a=1, b=2) == ByKey(b=2, a=1)
    assert len({ByKey(a=1), ByKey(a=1), ByKey(a=2), ByKey(b=1)}) == 3
    assert ByKey(a=1) != (("a",), (1,))
    with pytest.raises(SeedDataError, match="columns that name a row"):
        ByKey()

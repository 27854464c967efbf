"""Rows declared as data: made once, changed where they differ, and otherwise left alone."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.db import Database
from padstone.seed import RowCounts, SeedDataError, Seeding
from padstone.testing.queries import QueryCounter

Models = tuple[type[Any], type[Any], type[Any]]
Shown = Callable[[str], Awaitable[list[tuple[Any, ...]]]]

STAMPS = "SELECT slug, id, updated_at, revision FROM categories ORDER BY slug"


def categories(*slugs: str) -> list[dict[str, Any]]:
    return [{"slug": slug, "name": slug.title()} for slug in slugs]


async def test_only_what_differs_is_written(seeding: Seeding, models: Models, shown: Shown) -> None:
    category, _, _ = models
    assert await seeding.rows(category, categories("a", "b"), key="slug") == RowCounts(made=2)
    first = await shown(STAMPS)
    again = [{"slug": "a", "name": "Other"}, *categories("b", "c")]
    counts = await seeding.rows(category, again, key="slug")
    assert counts == RowCounts(made=1, changed=1, unchanged=1)
    second = await shown(STAMPS)
    assert second[1] == first[1], "what was right keeps its time and its revision"
    assert [row[1] for row in second[:2]] == [row[1] for row in first]
    assert [row[3] for row in second] == [2, 1, 1]
    assert second[0][2] > first[0][2]
    assert await seeding.rows(category, again, key="slug") == RowCounts(unchanged=3)
    assert await shown(STAMPS) == second
    assert seeding.report == [
        "categories: 2 made",
        "categories: 1 made, 1 changed, 1 unchanged",
        "categories: 3 unchanged",
    ]
    assert seeding.counts == {"categories": RowCounts(made=3, changed=1, unchanged=4)}


async def test_every_type_is_compared_as_it_is_stored(
    seeding: Seeding, models: Models, shown: Shown
) -> None:
    _, product, _ = models
    row = {
        "maker": "A",
        "number": 1,
        "price": Decimal("9.90"),
        "tags": ["x", "y"],
        "details": {"b": 1, "a": [2]},
        "facts": {"c": None},
    }
    assert await seeding.rows(product, [row], key=("maker", "number")) == RowCounts(made=1)
    assert await seeding.rows(product, [row], key=("maker", "number")) == RowCounts(unchanged=1)
    for name, value in {
        "price": None,
        "tags": ["x"],
        "details": {"b": 1},
        "facts": {"c": 0},
    }.items():
        row[name] = value
        assert await seeding.rows(product, [row], key=("maker", "number")) == RowCounts(changed=1)
    assert await shown("SELECT price, tags, details_json, facts, revision FROM products") == [
        (None, ["x"], {"b": 1}, {"c": 0}, 5)
    ]


async def test_what_the_session_holds_back_counts(
    seeding: Seeding, models: Models, session: AsyncSession
) -> None:
    category, _, _ = models
    session.add(category(slug="a", name="A"))
    assert await seeding.rows(category, categories("a"), key="slug") == RowCounts(unchanged=1)
    await session.flush()


async def test_what_a_row_leaves_out_is_left_alone(
    seeding: Seeding, models: Models, session: AsyncSession, shown: Shown
) -> None:
    category, product, _ = models
    await seeding.rows(category, categories("a", "b"), key="slug")
    await session.execute(text("UPDATE categories SET note = 'ours'"))
    rows = [{"slug": "a", "name": "A"}, {"slug": "b", "name": "B", "note": None}]
    assert await seeding.rows(category, rows, key="slug") == RowCounts(changed=1, unchanged=1)
    assert await shown("SELECT note FROM categories ORDER BY slug") == [("ours",), (None,)]
    await seeding.rows(product, [{"maker": "A", "number": 1}], key=("maker", "number"))
    assert await shown("SELECT tags FROM products") == [([],)]


async def test_a_table_with_nothing_but_its_key(seeding: Seeding, models: Models) -> None:
    _, _, word = models
    assert await seeding.rows(word, [{"word": "a"}], key="word") == RowCounts(made=1)
    rows = [{"word": "a"}, {"word": "b"}]
    assert await seeding.rows(word, rows, key="word") == RowCounts(made=1, unchanged=1)
    assert await seeding.rows(word, [], key="word") == RowCounts()
    assert seeding.report[-1] == "words: no rows"


async def test_a_thousand_rows_are_one_statement(
    seeding: Seeding, models: Models, database: Database
) -> None:
    category, _, _ = models
    rows = categories(*(f"c{number}" for number in range(2500)))
    for expected in (RowCounts(made=2500), RowCounts(unchanged=2500)):
        with QueryCounter(database.engine.sync_engine).at_most(3):
            assert await seeding.rows(category, rows, key="slug") == expected


async def test_a_deleted_row_is_made_anew(
    seeding: Seeding, models: Models, session: AsyncSession, shown: Shown
) -> None:
    category, _, _ = models
    await seeding.rows(category, categories("a"), key="slug")
    await session.execute(text("UPDATE categories SET deleted_at = now()"))
    assert await seeding.rows(category, categories("a"), key="slug") == RowCounts(made=1)
    assert await shown("SELECT count(*), count(deleted_at) FROM categories") == [(2, 1)]


@pytest.mark.parametrize(
    ("rows", "key", "said"),
    [
        ([{"slug": "a", "nmae": "A"}], "slug", "row 1 of categories names nmae, which is no"),
        ([{"slug": "a"}, {"name": "B"}], "slug", "row 2 of categories has no slug, by which"),
        ([{"slug": None}], "slug", "row 1 of categories has no slug, by which"),
        (categories("a", "b", "a"), "slug", "row 3 of categories has the key of row 1 of"),
        (categories("a"), "name", "Nothing keeps name unique in categories"),
        (categories("a"), "slogan", "the key names slogan, which is no column of Category"),
    ],
)
async def test_what_cannot_be_written_is_named(
    seeding: Seeding, models: Models, rows: list[dict[str, Any]], key: str, said: str, shown: Shown
) -> None:
    category, _, _ = models
    with pytest.raises(SeedDataError) as refused:
        await seeding.rows(category, rows, key=key)
    assert refused.value.detail.startswith(said)
    assert await shown("SELECT * FROM categories") == []

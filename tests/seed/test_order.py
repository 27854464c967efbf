"""A tree may be declared in any order."""

from collections.abc import Awaitable, Callable
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.seed import ByKey, RowCounts, SeedDataError, Seeding

Models = tuple[type[Any], type[Any], type[Any]]
Shown = Callable[[str], Awaitable[list[tuple[Any, ...]]]]

TREE = [
    {"slug": "root", "name": "Root"},
    {"slug": "branch", "name": "Branch", "parent_id": ByKey(slug="root")},
    {"slug": "leaf", "name": "Leaf", "parent_id": ByKey(slug="branch")},
    {"slug": "other", "name": "Other", "parent_id": ByKey(name="Branch")},
]
PARENTS = """
SELECT c.slug, p.slug FROM categories c LEFT JOIN categories p ON p.id = c.parent_id ORDER BY c.slug
"""


@pytest.mark.parametrize("order", list(permutations(range(4)))[::5])
async def test_a_tree_in_any_order(
    seeding: Seeding, models: Models, shown: Shown, order: tuple[int, ...]
) -> None:
    rows = [TREE[place] for place in order]
    assert await seeding.rows(models[0], rows, key="slug") == RowCounts(made=4)
    assert await shown(PARENTS) == [
        ("branch", "root"),
        ("leaf", "branch"),
        ("other", "branch"),
        ("root", None),
    ]
    assert await seeding.rows(models[0], rows, key="slug") == RowCounts(unchanged=4)


async def test_a_row_moves_to_a_parent_that_is_made_with_it(
    seeding: Seeding, models: Models, shown: Shown
) -> None:
    await seeding.rows(models[0], TREE, key="slug")
    moved = [TREE[2] | {"parent_id": ByKey(slug="new")}, {"slug": "new", "name": "New"}]
    assert await seeding.rows(models[0], moved, key="slug") == RowCounts(made=1, changed=1)
    assert ("leaf", "new") in await shown(PARENTS)


async def test_a_parent_that_is_there_already(
    seeding: Seeding, models: Models, shown: Shown
) -> None:
    await seeding.rows(models[0], TREE[:1], key="slug")
    assert await seeding.rows(models[0], TREE[1:2], key="slug") == RowCounts(made=1)
    assert ("branch", "root") in await shown(PARENTS)


async def test_a_deleted_parent_is_none(
    seeding: Seeding, models: Models, session: AsyncSession
) -> None:
    await seeding.rows(models[0], TREE[:1], key="slug")
    await session.execute(text("UPDATE categories SET deleted_at = now()"))
    with pytest.raises(SeedDataError, match="there is no such row in categories"):
        await seeding.rows(models[0], TREE[1:2], key="slug")


@pytest.mark.parametrize(
    ("parents", "said"),
    [
        ({"a": "a"}, "row 1 of categories"),
        ({"a": "b", "b": "c", "c": "a"}, "row 1 of categories; row 2 of categories; row 3 of"),
    ],
)
async def test_a_circle_is_refused(
    seeding: Seeding, models: Models, parents: dict[str, str], said: str
) -> None:
    rows = [
        {"slug": slug, "name": slug, "parent_id": ByKey(slug=parent)}
        for slug, parent in parents.items()
    ]
    with pytest.raises(SeedDataError, match=f"name each other in a circle: {said}"):
        await seeding.rows(models[0], rows, key="slug")

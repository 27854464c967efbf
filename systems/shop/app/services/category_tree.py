"""The shape of the tree of categories: who is below whom, how deep it is, who may change it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, Select, Text, cast, collate, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Category, Product
from app.schemas.category import CategoryNode, CategoryTree

__all__ = [
    "MAX_DEPTH",
    "category_tree",
    "depth_of",
    "height_of",
    "hold_tree",
    "is_below",
    "is_called",
    "subtree",
]

MAX_DEPTH = 10
"""Levels of the tree, the top one included. Everybody may ask for all of it at once."""

# Whoever changes who is above whom takes this lock until the end of the transaction. Each of two
# moves may be right alone, and wrong together; row locks would not meet.
_TREE_LOCK = func.hashtextextended("shop.categories.tree", 0)


async def hold_tree(session: AsyncSession) -> None:
    """Lets nobody else change the tree before this transaction ends."""
    await session.execute(select(func.pg_advisory_xact_lock(_TREE_LOCK)))


def subtree(root: ColumnElement[bool]) -> Select[UUID]:
    """The ids of the living categories from those that ``root`` is true of down."""
    top = select(Category.id).where(root, Category.deleted_at.is_(None))
    below: CTE = top.cte("subtree", recursive=True)
    below = below.union(
        select(Category.id)
        .join(below, Category.parent_id == below.c.id)
        .where(Category.deleted_at.is_(None))
    )
    return select(below.c.id)


def is_called(name: Any) -> ColumnElement[bool]:
    """Whether a category has this slug, or this id; ``name`` may be an expression of SQL's."""
    return or_(Category.slug == name, cast(Category.id, Text) == name)


async def category_tree(session: AsyncSession) -> CategoryTree:
    """All living categories, each with those below it and the number of products in all of them."""
    counts = dict(
        (
            await session.execute(
                select(Product.category_id, func.count()).group_by(Product.category_id)
            )
        ).all()
    )
    found = await session.scalars(
        select(Category).order_by(Category.position, collate(Category.name, "C"), Category.id)
    )
    below: dict[UUID | None, list[Category]] = {}
    for category in found:
        below.setdefault(category.parent_id, []).append(category)
    return CategoryTree(categories=_nodes(below, counts, None))


def _nodes(
    below: Mapping[UUID | None, Sequence[Category]], counts: Mapping[UUID, int], parent: UUID | None
) -> list[CategoryNode]:
    nodes = []
    for category in below.get(parent, ()):
        children = _nodes(below, counts, category.id)
        nodes.append(
            CategoryNode(
                id=category.id,
                slug=category.slug,
                name=category.name,
                description=category.description,
                products=counts.get(category.id, 0) + sum(child.products for child in children),
                children=children,
            )
        )
    return nodes


async def is_below(session: AsyncSession, category_id: UUID, root_id: UUID) -> bool:
    """Whether the category is ``root_id``, or somewhere below it."""
    found = select(Category.id).where(
        Category.id == category_id, Category.id.in_(subtree(Category.id == root_id))
    )
    return await session.scalar(found) is not None


async def depth_of(session: AsyncSession, category_id: UUID) -> int:
    """How many categories there are from the top of the tree down to this one."""
    start = select(Category.id, Category.parent_id).where(Category.id == category_id)
    above: CTE = start.cte("above", recursive=True)
    above = above.union_all(
        select(Category.id, Category.parent_id).join(above, Category.id == above.c.parent_id)
    )
    return await session.scalar(select(func.count()).select_from(above)) or 0


async def height_of(session: AsyncSession, category_id: UUID) -> int:
    """How many levels there are from this category down to the lowest below it."""
    start = select(Category.id, literal(1).label("level")).where(Category.id == category_id)
    below: CTE = start.cte("below", recursive=True)
    below = below.union_all(
        select(Category.id, below.c.level + 1).join(below, Category.parent_id == below.c.id)
    )
    return await session.scalar(select(func.max(below.c.level))) or 0

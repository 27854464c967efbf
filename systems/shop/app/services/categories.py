"""The tree of categories: what is below, what is above, and moves that leave it a tree."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, Select, Text, cast, collate, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Category, Product
from app.schemas.category import CategoryNode, CategoryTree
from app.services.slugs import free_slug
from padstone.errors import ConflictError, FieldError, NotFoundError, ValidationError

__all__ = [
    "CategoryArchivedError",
    "CategoryCycleError",
    "CategoryNotEmptyError",
    "archive_category",
    "category_tree",
    "find_category",
    "hold_tree",
    "is_called",
    "prepare_category",
    "refuse_cycle",
    "require_parent",
    "subtree",
]

# Whoever changes who is above whom takes this lock until the end of the transaction. Each of two
# moves may be right alone, and wrong together; row locks would not meet.
_TREE_LOCK = func.hashtextextended("shop.categories.tree", 0)


class CategoryCycleError(ConflictError):
    code = "category_cycle"
    detail = "A category cannot be within itself, nor within one that is below it."


class CategoryArchivedError(ConflictError):
    code = "category_archived"
    detail = "This category is archived. Restore it first."


class CategoryNotEmptyError(ConflictError):
    """The detail says how much is in the category."""

    code = "category_not_empty"
    detail = "This category is not empty."


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


async def find_category(session: AsyncSession, category_id: UUID, *, field: str) -> Category:
    """The living category that ``field`` names, which stays until the transaction ends.

    Raises ``ValidationError`` where there is none.
    """
    # Whoever archives it waits for this lock, and then sees what was put into it; whoever changes
    # its name does not.
    found = await session.scalar(
        select(Category)
        .where(Category.id == category_id)
        .with_for_update(read=True, key_share=True)
    )
    if found is None:
        raise ValidationError(
            errors=[FieldError(field, "names no category; GET /api/v1/categories lists them")]
        )
    return found


async def require_parent(session: AsyncSession, category: Category) -> None:
    """Raises ``CategoryArchivedError`` where a restored category would be below an archived one."""
    if category.parent_id is None:
        return
    found = await session.scalar(
        select(Category.id)
        .where(Category.id == category.parent_id)
        .with_for_update(read=True, key_share=True)
    )
    if found is None:
        raise CategoryArchivedError("The category above it is archived. Restore that one first.")


async def prepare_category(session: AsyncSession, category: Category, slug: str | None) -> None:
    """For a new category: a slug where none was given, and a parent that stays."""
    category.slug = slug or await free_slug(session, Category, category.name)
    if category.parent_id is not None:
        await find_category(session, category.parent_id, field="body.parent_id")


async def refuse_cycle(session: AsyncSession, category_id: UUID, parent_id: UUID | None) -> None:
    """Raises ``CategoryCycleError`` where ``parent_id`` is the category, or below it.

    The caller holds the tree.
    """
    if parent_id is None:
        return
    if await _is_below(session, parent_id, category_id):
        raise CategoryCycleError
    await find_category(session, parent_id, field="body.parent_id")


async def archive_category(
    session: AsyncSession, category_id: UUID, *, move_to: UUID | None
) -> None:
    """Archives the category; what is in it goes to ``move_to``.

    Raises ``CategoryNotEmptyError`` where something is in it and nothing is said, or ``move_to`` is
    below it.
    """
    await hold_tree(session)
    category = await session.scalar(
        select(Category).where(Category.id == category_id).with_for_update()
    )
    if category is None:
        raise NotFoundError
    if move_to is not None:
        await _move_contents(session, category_id, move_to)
    else:
        await _refuse_full(session, category_id)
    category.deleted_at = func.now()
    await session.flush()


async def _is_below(session: AsyncSession, category_id: UUID, root_id: UUID) -> bool:
    """Whether the category is ``root_id``, or somewhere below it."""
    found = select(Category.id).where(
        Category.id == category_id, Category.id.in_(subtree(Category.id == root_id))
    )
    return await session.scalar(found) is not None


async def _move_contents(session: AsyncSession, category_id: UUID, target: UUID) -> None:
    await find_category(session, target, field="query.move_to")
    if await _is_below(session, target, category_id):
        raise CategoryCycleError("What is in a category cannot move to itself or below it.")
    # Archived products too: whoever restores one must find it on a shelf.
    for model, column in ((Product, Product.category_id), (Category, Category.parent_id)):
        await session.execute(
            update(model)
            .where(column == category_id)
            .values({column: target})
            .execution_options(include_deleted=True, synchronize_session=False)
        )


async def _refuse_full(session: AsyncSession, category_id: UUID) -> None:
    products = await session.scalar(
        select(func.count()).select_from(Product).where(Product.category_id == category_id)
    )
    categories = await session.scalar(
        select(func.count()).select_from(Category).where(Category.parent_id == category_id)
    )
    if products or categories:
        raise CategoryNotEmptyError(
            f"In this category are {products} products and {categories} categories. "
            "Name another one as move_to, and they go there."
        )

"""The upkeep of categories: made, moved, archived and restored, and the tree stays a tree."""

from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Category, Product
from app.services.category_tree import MAX_DEPTH, depth_of, height_of, hold_tree, is_below
from app.services.slugs import free_slug
from padstone.errors import ConflictError, FieldError, NotFoundError, ValidationError

__all__ = [
    "CategoryArchivedError",
    "CategoryCycleError",
    "CategoryNotEmptyError",
    "CategoryTooDeepError",
    "archive_category",
    "find_category",
    "move_category",
    "prepare_category",
    "require_parent",
]


class CategoryCycleError(ConflictError):
    code = "category_cycle"
    detail = "A category cannot be within itself, nor within one that is below it."


class CategoryTooDeepError(ConflictError):
    code = "category_too_deep"
    detail = f"The tree has at most {MAX_DEPTH} levels."


class CategoryArchivedError(ConflictError):
    code = "category_archived"
    detail = "This category is archived. Restore it first."


class CategoryNotEmptyError(ConflictError):
    """The detail says how much is in the category."""

    code = "category_not_empty"
    detail = "This category is not empty."


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
        if await depth_of(session, category.parent_id) >= MAX_DEPTH:
            raise CategoryTooDeepError


async def move_category(session: AsyncSession, category_id: UUID, parent_id: UUID | None) -> None:
    """For a category that is about to get another parent. The caller holds the tree.

    Raises ``CategoryCycleError`` where ``parent_id`` is the category, or below it, and
    ``CategoryTooDeepError``.
    """
    if parent_id is None:
        return
    if await is_below(session, parent_id, category_id):
        raise CategoryCycleError
    await find_category(session, parent_id, field="body.parent_id")
    levels = await depth_of(session, parent_id) + await height_of(session, category_id)
    if levels > MAX_DEPTH:
        raise CategoryTooDeepError


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


async def _move_contents(session: AsyncSession, category_id: UUID, target: UUID) -> None:
    await find_category(session, target, field="query.move_to")
    if await is_below(session, target, category_id):
        raise CategoryCycleError("What is in a category cannot move to itself or below it.")
    # In the order in which orders take them, so that neither waits in a circle.
    products = select(Product.id).where(Product.category_id == category_id).order_by(Product.id)
    everything = {"include_deleted": True}
    await session.execute(products.with_for_update(key_share=True), execution_options=everything)
    # Archived ones too: whoever restores a product must find it on a shelf.
    for model, column in ((Product, Product.category_id), (Category, Category.parent_id)):
        await session.execute(
            update(model)
            .where(column == category_id)
            .values({column: target})
            .execution_options(**everything, synchronize_session=False)
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
            f"This category is not empty (products: {products}, categories: {categories}). "
            "Name another one as move_to, and they go there."
        )

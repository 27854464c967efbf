"""Categories: the tree for everybody, and its upkeep for managers."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, status
from pydantic import BaseModel
from sqlalchemy import Select

from app.api.deps import CatalogueManager, manages
from app.core.security import Scope
from app.models import Category
from app.schemas.category import CategoryCreate, CategoryRead, CategoryTree, CategoryUpdate
from app.services.categories import (
    CategoryArchivedError,
    archive_category,
    move_category,
    prepare_category,
    require_parent,
)
from app.services.category_tree import category_tree, hold_tree
from padstone.db import ReadSessionDep, SessionDep
from padstone.problems import problem_responses
from padstone.resource import PUBLIC, Call, Guards, Operation, Resource, Revisions, stable

__all__ = ["categories", "router"]


class Categories(Resource[Category]):
    """Categories: archived ones are for managers."""

    @stable
    def visible(self, statement: Select[Category], call: Call) -> Select[Category]:
        if manages(call.principal, Scope.CATALOG_WRITE):
            return statement.execution_options(include_deleted=True)
        return statement

    async def update(
        self, call: Call, key: object, body: BaseModel, *, if_match: Revisions | None = None
    ) -> Category:
        """The category with the fields that were sent; the others stay as they are."""
        if "parent_id" in body.model_fields_set:
            await hold_tree(call.session)  # before any row, like whoever archives
        return await super().update(call, key, body, if_match=if_match)

    async def before_create(self, call: Call, row: Category, body: BaseModel) -> None:
        assert isinstance(body, CategoryCreate)  # noqa: S101  # the declaration says so
        await prepare_category(call.session, row, body.slug)

    async def before_update(self, call: Call, row: Category, changes: dict[str, Any]) -> None:
        if row.deleted_at is not None:
            raise CategoryArchivedError
        if "parent_id" in changes:
            await move_category(call.session, row.id, changes["parent_id"])

    async def after_restore(self, call: Call, row: Category) -> None:
        await require_parent(call.session, row)


categories = Categories(
    Category,
    create=CategoryCreate,
    update=CategoryUpdate,
    read=CategoryRead,
    guards=Guards(read=PUBLIC, write=[Scope.CATALOG_WRITE]),
    # The list is a tree, and archiving has a parameter: both are routes below.
    operations={Operation.CREATE, Operation.GET, Operation.UPDATE, Operation.RESTORE},
)

router = APIRouter()


@router.get("/categories", tags=["categories"], summary="All categories, as a tree")
async def list_categories(session: ReadSessionDep) -> CategoryTree:
    """Every category with those below it, and how many products they hold."""
    return await category_tree(session)


@router.delete(
    "/categories/{category_id}",
    tags=["categories"],
    status_code=status.HTTP_204_NO_CONTENT,
    summary="Archive a category",
    responses=problem_responses(409),
)
async def delete_category(
    _manager: CatalogueManager,
    category_id: UUID,
    session: SessionDep,
    move_to: Annotated[
        UUID | None,
        Query(description="The category to which the products and categories in it move."),
    ] = None,
) -> None:
    """Archives a category that is empty; one that is not says how much is in it.

    With `move_to` its products and the categories in it move there first.
    """
    await archive_category(session, category_id, move_to=move_to)


router.include_router(categories.router)

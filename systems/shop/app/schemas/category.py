"""Categories over the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.schemas.text import Description, Name, Slug
from padstone.schemas import Body, Patch, Read

__all__ = ["CategoryCreate", "CategoryNode", "CategoryRead", "CategoryTree", "CategoryUpdate"]

Position = Annotated[
    int,
    Field(
        ge=0,
        le=1_000_000,
        description="Its place among its siblings, the smallest first.",
        examples=[10],
    ),
]


class CategoryFields(Body):
    """What managers say of a category."""

    name: Name = Field(examples=["Cookware"])
    description: Description = ""
    parent_id: UUID | None = Field(
        None, description="The category that it is within; null at the top of the tree."
    )
    position: Position = 0


class CategoryCreate(CategoryFields):
    """A category to be made."""

    slug: Slug | None = Field(None, examples=["cookware"])


class CategoryUpdate(Patch, CategoryFields):
    """What is to change of a category."""

    slug: Slug


class CategoryRead(Read):
    """A category."""

    id: UUID
    parent_id: UUID | None
    slug: str = Field(examples=["cookware"])
    name: str = Field(examples=["Cookware"])
    description: str
    position: int
    revision: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None = Field(validation_alias="deleted_at")


class CategoryNode(Read):
    """A category with those below it."""

    id: UUID
    slug: str = Field(examples=["cookware"])
    name: str = Field(examples=["Cookware"])
    description: str
    products: int = Field(description="How many products are in it and below it.", examples=[9])
    children: list["CategoryNode"]


class CategoryTree(Read):
    """All categories of the shop."""

    categories: list[CategoryNode]

"""What the small shop's clients send and are answered."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, HttpUrl, StringConstraints, model_validator

from padstone.schemas import Body, Patch, Read
from padstone.types import PublicId
from small_shop.tables import Status

ProductId = Annotated[UUID, PublicId("prod")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class CategoryFields(Body):
    name: Name = Field(examples=["Tea"])


class CategoryCreate(CategoryFields):
    """A category to be made."""


class CategoryUpdate(Patch, CategoryFields):
    """What is to change of a category."""


class CategoryRead(Read):
    """A category."""

    id: UUID
    name: str


class ProductFields(Body):
    slug: Name = Field(examples=["green-tea"])
    name: Name = Field(examples=["Green tea"])
    description: str | None = None
    status: Status = Status.DRAFT
    price_minor: Annotated[int, Field(ge=0)]
    weight: Annotated[Decimal, Field(ge=0, max_digits=10, decimal_places=3)] | None = None
    released_on: date | None = None
    seen_at: datetime | None = None
    in_stock: bool = True
    category_id: UUID | None = None


class ProductCreate(ProductFields):
    """A product to be made."""


class ProductUpdate(Patch, ProductFields):
    """What is to change of a product."""


class ProductRead(Read):
    """A product."""

    id: ProductId
    slug: str
    name: str
    description: str | None
    status: Status
    price_minor: int
    weight: Decimal | None
    released_on: date | None
    seen_at: datetime | None
    in_stock: bool
    category: CategoryRead | None
    created_at: datetime
    updated_at: datetime
    revision: int


class FolderFields(Body):
    name: Name
    starts_on: date | None = None
    ends_on: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValueError("ends_on must not be before starts_on")
        return self


class FolderCreate(FolderFields):
    """A folder to be made."""


class FolderUpdate(Patch, FolderFields):
    """What is to change of a folder."""


class NoteFields(Body):
    title: Name
    rank: int | None = None


class NoteCreate(NoteFields):
    """A note to be made."""


class NoteUpdate(Patch, NoteFields):
    """What is to change of a note."""


class NoteRead(Read):
    """A note."""

    id: UUID
    folder_id: UUID
    title: str
    rank: int | None
    revision: int


class FolderRead(Read):
    """A folder, with its notes."""

    id: UUID
    name: str
    starts_on: date | None
    ends_on: date | None
    notes: list[NoteRead]
    revision: int


class LinkFields(Body):
    folder_id: UUID
    note_id: UUID | None = None
    label: Name


class LinkCreate(LinkFields):
    """A link to be made."""


class LinkUpdate(Patch, LinkFields):
    """What is to change of a link."""


class LinkRead(Read):
    """A link."""

    id: UUID
    folder_id: UUID
    note_id: UUID | None
    label: str
    revision: int


class CommentCreate(Body):
    """A comment to be made."""

    words: Name


class CommentRead(Read):
    """A comment."""

    id: UUID
    words: str


class ShelfFields(Body):
    name: Name


class ShelfCreate(ShelfFields):
    """A shelf to be made."""


class ShelfUpdate(Patch, ShelfFields):
    """What is to change of a shelf."""


class ShelfRead(Read):
    """A shelf."""

    id: UUID
    name: str


class TagFields(Body):
    name: str
    position: int | None = None
    amount: Decimal | None = None
    ratio: float | None = None
    page: HttpUrl | None = None
    extra: dict[str, Any] | None = None
    shelf_id: UUID | None = None
    shout: bool = False


class TagCreate(TagFields):
    """A tag to be made."""


class TagUpdate(Patch, TagFields):
    """What is to change of a tag."""


class TagRead(Read):
    """A tag."""

    id: UUID
    name: str
    position: int | None
    amount: Decimal | None
    ratio: float | None
    page: str | None
    extra: dict[str, Any] | None
    shelf_id: UUID | None
    revision: int

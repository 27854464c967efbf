"""The small shop's resources."""

from typing import Any

from pydantic import BaseModel

from padstone.errors import ConflictError
from padstone.resource import PUBLIC, Call, Guards, Operation, Parent, Resource
from small_shop.schemas import (
    CategoryCreate,
    CategoryRead,
    CategoryUpdate,
    CommentCreate,
    CommentRead,
    FolderCreate,
    FolderRead,
    FolderUpdate,
    LinkCreate,
    LinkRead,
    LinkUpdate,
    NoteCreate,
    NoteRead,
    NoteUpdate,
    ProductCreate,
    ProductRead,
    ProductUpdate,
    ShelfCreate,
    ShelfRead,
    ShelfUpdate,
    TagCreate,
    TagRead,
    TagUpdate,
)
from small_shop.tables import (
    Category,
    Comment,
    Folder,
    Link,
    Note,
    Product,
    Record,
    Shelf,
    Status,
    Tag,
)


class Products(Resource[Product]):
    """Products, of which the public sees the living only."""

    def visible(self, statement: Any, call: Call) -> Any:
        if call.principal is None or "catalog:write" not in call.principal.scopes:
            return statement.where(Product.status != Status.DRAFT)
        return statement

    async def before_delete(self, call: Call, row: Product) -> None:
        if row.status is Status.LIVE:
            raise ConflictError("A live product cannot be deleted; archive it first.")


categories = Resource(
    Category,
    create=CategoryCreate,
    update=CategoryUpdate,
    read=CategoryRead,
    name="category",
    guards=Guards(read=PUBLIC, write=["catalog:write"]),
    sorts=["name"],
)

products = Products(
    Product,
    create=ProductCreate,
    update=ProductUpdate,
    read=ProductRead,
    guards=Guards(read=PUBLIC, write=["catalog:write"]),
    filters={
        "id": ["in"],
        "slug": ["eq"],
        "name": ["eq", "ne", "in", "contains"],
        "description": ["contains", "isnull"],
        "status": ["eq", "ne", "in"],
        "price_minor": ["eq", "gt", "gte", "lt", "lte", "in"],
        "weight": ["eq", "ne", "gte", "lte", "isnull"],
        "released_on": ["eq", "gte", "lt", "isnull"],
        "seen_at": ["gte", "lt", "isnull"],
        "in_stock": ["eq"],
        "category_id": ["eq", "in", "isnull"],
    },
    sorts=["price_minor", "name", "weight", "released_on", "seen_at", "status", "created_at"],
    search="search_vector",
    operations=Operation.ALL,
    idempotency=Record,
)

folders = Resource(
    Folder,
    create=FolderCreate,
    update=FolderUpdate,
    read=FolderRead,
    owner="user_id",
    guards=Guards(read=[], write=[]),
    filters={"name": ["contains"]},
    sorts=["name"],
    operations=Operation.ALL,
)

notes = Resource(
    Note,
    create=NoteCreate,
    update=NoteUpdate,
    read=NoteRead,
    parent=Parent(folders, "folder_id"),
    guards=Guards(read=[], write=[]),
    filters={"rank": ["gte", "isnull"]},
    sorts=["rank", "title"],
    operations=Operation.ALL - {Operation.RESTORE},
)

links = Resource(
    Link,
    create=LinkCreate,
    update=LinkUpdate,
    read=LinkRead,
    owner="user_id",
    guards=Guards(read=["links:read"], write=["links:write"], delete=["links:admin"]),
    references={"note_id": notes},
)


class Tags(Resource[Tag]):
    """Tags, which may be shouted."""

    async def before_create(self, call: Call, row: Tag, body: BaseModel) -> None:
        if getattr(body, "shout", False):
            row.name = row.name.upper()

    async def before_update(self, call: Call, row: Tag, changes: dict[str, Any]) -> None:
        if changes.get("shout"):
            row.name = str(changes.pop("name", row.name)).upper()


comments = Resource(
    Comment,
    create=CommentCreate,
    read=CommentRead,
    parent=Parent(notes, "note_id"),
    guards=Guards(read=[], write=[]),
)

shelves = Resource(
    Shelf,
    create=ShelfCreate,
    update=ShelfUpdate,
    read=ShelfRead,
    name="shelf",
    guards=Guards(read=PUBLIC, write=["catalog:write"]),
)

tags = Tags(
    Tag,
    create=TagCreate,
    update=TagUpdate,
    read=TagRead,
    owner="user_id",
    guards=Guards(read=[], write=[]),
    filters={"name": ["eq", "in"], "ratio": ["gte"], "amount": ["lt"], "shelf_id": ["eq"]},
    sorts=["ratio", "amount", "position"],
    operations=Operation.ALL - {Operation.RESTORE},
    unmapped=["shout"],
)

RESOURCES: list[Resource[Any]] = [
    categories,
    products,
    folders,
    notes,
    links,
    comments,
    shelves,
    tags,
]

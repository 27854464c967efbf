"""The operations as methods, the hooks, and ordinary routes beside a resource's own."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import pytest
import pytest_asyncio
from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.app import create_app
from padstone.errors import AuthError, ConflictError, NotFoundError, ValidationError
from padstone.ids import new_id
from padstone.principal import Principal
from padstone.resource import Call, CallDep, Guards, Operation, ReadCallDep, Resource, Revisions
from padstone.testing.running import Running, run
from padstone.transfer import TransferMode
from small_shop.callers import Caller
from small_shop.resources import folders, links, notes, products
from small_shop.schemas import (
    FolderCreate,
    FolderRead,
    FolderUpdate,
    LinkCreate,
    NoteCreate,
    NoteUpdate,
    ProductCreate,
)
from small_shop.tables import Folder, Note, Product, api_keys


@pytest.fixture
def call(running: Running, session: AsyncSession, ann: Caller) -> Call:
    principal = Principal(ann.id, new_id(), "test")
    return Call(session=session, principal=principal, settings=running.app.settings)


async def test_a_call_needs_no_http(call: Call) -> None:
    made = await folders.create(call, FolderCreate(name="F"))
    assert (made.user_id, made.revision, made.notes) == (call.subject, 1, [])
    changed = await folders.update(call, made.id, FolderUpdate.model_validate({"name": "G"}))
    assert (changed.name, changed.revision) == ("G", 2)
    found = await folders.list(call, folders.query(limit=1))
    assert ([row.id for row in found.rows], found.next_cursor) == ([made.id], None)
    assert [row.id async for row in folders.export(call)] == [made.id]
    await folders.delete(call, made.id, if_match=Revisions(frozenset({2})))
    with pytest.raises(NotFoundError, match="no such folder"):
        await folders.get(call, made.id)
    assert (await folders.restore(call, made.id)).revision == 4
    report = await folders.bulk_create(call, [{"name": "H"}], TransferMode.BEST_EFFORT)
    assert report.created == 1


async def test_a_nested_call_says_where(call: Call) -> None:
    first = await folders.create(call, FolderCreate(name="F"))
    second = await folders.create(call, FolderCreate(name="G"))
    note = await notes.create(call.under(folder_id=first.id), NoteCreate(title="N"))
    assert note.folder_id == first.id
    with pytest.raises(NotFoundError):
        await notes.get(call.under(folder_id=second.id), note.id)
    # Without a parent it is found wherever it is among the caller's own.
    assert (await notes.get(call, note.id)).id == note.id
    # So is what a body points to, whatever the path says of the row itself.
    link = LinkCreate(folder_id=second.id, note_id=note.id, label="L")
    assert (await links.create(call.under(folder_id=second.id), link)).note_id == note.id
    with pytest.raises(TypeError, match="under"):
        await notes.create(call, NoteCreate(title="N"))
    stranger = Principal(new_id(), new_id(), "test")
    other = Call(session=call.session, principal=stranger, settings=call.settings)
    with pytest.raises(NotFoundError):
        await notes.get(other, note.id)
    with pytest.raises(NotFoundError):
        await notes.create(other.under(folder_id=first.id), NoteCreate(title="N"))
    with pytest.raises(ValidationError):
        await links.create(other, LinkCreate(folder_id=first.id, label="L"))


async def test_nobody_owns_nothing(call: Call) -> None:
    nobody = Call(session=call.session, settings=call.settings)
    with pytest.raises(AuthError):
        await folders.list(nobody)
    with pytest.raises(TypeError, match="settings"):
        await products.list(Call(session=call.session))


async def test_rules_across_fields_see_the_whole_row(ann: Caller) -> None:
    made = await ann.make("/folders", name="F", starts_on="2026-05-01")
    path = f"/folders/{made['id']}"
    answer = await ann("PATCH", path, json={"ends_on": "2026-04-30"})
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["message"] == "ends_on must not be before starts_on"
    both = {"starts_on": "2026-04-01", "ends_on": "2026-04-30"}
    assert (await ann("PATCH", path, json=both)).status_code == 200
    assert (await ann("PATCH", path, json={"starts_on": None})).status_code == 200
    bad = {"name": "F", "starts_on": "2026-05-01", "ends_on": "2026-04-01"}
    assert (await ann("POST", "/folders", json=bad)).status_code == 422


class Noted(Resource[Folder]):
    """Each hook takes a note of what it sees."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.seen: list[tuple[Any, ...]] = []

    async def before_create(self, call: Call, row: Folder, body: BaseModel) -> None:
        self.seen.append(("before_create", row.user_id == call.subject, type(body).__name__))
        row.starts_on = date(2026, 1, 1)

    async def after_create(self, call: Call, row: Folder) -> None:
        self.seen.append(("after_create", row.revision))

    async def before_update(self, call: Call, row: Folder, changes: dict[str, Any]) -> None:
        self.seen.append(("before_update", row.name, dict(changes)))
        if row.name == "fixed":
            raise ConflictError("It is fixed.")
        changes["ends_on"] = date(2026, 2, 1)

    async def after_update(self, call: Call, row: Folder) -> None:
        self.seen.append(("after_update", row.revision, row.ends_on))

    async def before_delete(self, call: Call, row: Folder) -> None:
        self.seen.append(("before_delete", row.deleted_at))

    async def after_delete(self, call: Call, row: Folder) -> None:
        self.seen.append(("after_delete", row.deleted_at is not None))

    async def after_restore(self, call: Call, row: Folder) -> None:
        self.seen.append(("after_restore", row.deleted_at))


noted = Noted(
    Folder,
    create=FolderCreate,
    update=FolderUpdate,
    read=FolderRead,
    owner="user_id",
    guards=Guards(read=[], write=[]),
)


async def test_hooks_are_methods(call: Call) -> None:
    noted.seen.clear()
    row = await noted.create(call, FolderCreate(name="F"))
    assert row.starts_on == date(2026, 1, 1)
    await noted.update(call, row.id, FolderUpdate.model_validate({"name": "fixed"}))
    with pytest.raises(ConflictError):
        await noted.update(call, row.id, FolderUpdate.model_validate({"name": "loose"}))
    await noted.delete(call, row.id)
    await noted.restore(call, row.id)
    assert noted.seen == [
        ("before_create", True, "FolderCreate"),
        ("after_create", 1),
        ("before_update", "F", {"name": "fixed"}),
        ("after_update", 2, date(2026, 2, 1)),
        ("before_update", "fixed", {"name": "loose"}),
        ("before_delete", None),
        ("after_delete", True),
        ("after_restore", None),
    ]


async def test_hooks_see_each_row_of_many(call: Call) -> None:
    noted.seen.clear()
    made = await noted.bulk_create(call, [{"name": "a"}, {"name": "fixed"}])
    ids = [row.id for row in made.rows]
    report = await noted.bulk_update(
        call, [{"id": one, "name": "b"} for one in ids], TransferMode.BEST_EFFORT
    )
    assert [row.status for row in report.rows] == ["updated", "failed"]
    assert [error.message for error in report.rows[1].errors] == ["It is fixed."]
    assert [one[0] for one in noted.seen] == [
        *("before_create", "before_create", "after_create", "after_create"),
        *("before_update", "before_update", "after_update"),
    ]
    assert noted.seen[-1] == ("after_update", 2, date(2026, 2, 1))


beside = APIRouter(prefix="/beside")
Loaded = Annotated[Product, products.loaded(Operation.UPDATE)]
LoadedNote = Annotated[Note, notes.loaded(Operation.GET)]


@beside.post("/products/{product_id}/rename")  # noqa: FAST003  # a dependency takes it
async def rename(product: Loaded) -> str:
    return product.name


@beside.get("/folders/{folder_id}/notes/{note_id}/title")  # noqa: FAST003  # a dependency takes it
async def title(note: LoadedNote) -> str:
    return note.title


@beside.post("/mine")
async def make_mine(call: CallDep) -> UUID:
    return (await folders.create(call, FolderCreate(name="mine"))).id


@beside.get("/mine")
async def count_mine(call: ReadCallDep) -> int:
    return len((await folders.list(call)).rows)


@beside.get("/folders/{folder_id}/count")  # noqa: FAST003  # a dependency takes it
async def count_notes(call: Annotated[Call, notes.call(Operation.LIST)]) -> int:
    return len((await notes.list(call)).rows)


@pytest_asyncio.fixture
async def aside(running: Running, ann: Caller, ben: Caller) -> AsyncIterator[tuple[Caller, Caller]]:
    """The same callers, at an application with the routes above."""
    settings: Any = running.app.settings
    app = create_app(settings, title="Beside", version="1", routers=[beside], api_keys=api_keys)
    async with run(app, settings) as other:
        state = {**other.state, "database": running.state["database"]}
        bound = Running(app, {**state, "api_keys": running.state["api_keys"]})
        async with (
            bound.client(headers=dict(ann.client.headers)) as first,
            bound.client(headers=dict(ben.client.headers)) as second,
        ):
            yield Caller(ann.id, first), Caller(ben.id, second)


async def test_ordinary_routes_use_the_same_rules(
    aside: tuple[Caller, Caller], ann: Caller
) -> None:
    first, second = (caller.client for caller in aside)
    product = await ann.make("/products", slug="a", name="A", price_minor=1)
    path = f"/beside/products/{product['id']}/rename"
    assert (await first.post(path)).json() == "A"
    assert (await first.post(f"/beside/products/prod_{'0' * 26}/rename")).status_code == 404
    assert (await first.post("/beside/products/x/rename")).status_code == 422
    assert UUID((await first.post("/beside/mine")).json())
    assert (await first.get("/beside/mine")).json() == 1
    assert (await second.get("/beside/mine")).json() == 0
    folder = await ann.make("/folders", name="F")
    note = await ann.make(f"/folders/{folder['id']}/notes", title="N")
    path = f"/beside/folders/{folder['id']}/notes/{note['id']}/title"
    assert (await first.get(path)).json() == "N"
    assert (await second.get(path)).status_code == 404
    path = f"/beside/folders/{folder['id']}/count"
    assert (await first.get(path)).json() == 1
    assert (await second.get(path)).status_code == 404


async def test_a_product_is_made_by_method_too(call: Call) -> None:
    made = await products.create(call, ProductCreate(slug="a", name="A", price_minor=1))
    assert made.category is None
    nested = await notes.create(
        call.under(folder_id=(await folders.create(call, FolderCreate(name="F"))).id),
        NoteCreate(title="N"),
    )
    changed = await notes.update(call, nested.id, NoteUpdate.model_validate({"rank": 3}))
    assert changed.rank == 3

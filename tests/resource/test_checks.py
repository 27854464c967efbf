"""What cannot be declared is refused at import, with the argument and a mend."""

from typing import Any
from uuid import UUID

import pytest
from pydantic import ConfigDict
from sqlalchemy import ForeignKey, true
from sqlalchemy.orm import Mapped, mapped_column

from padstone.models import Identified, Revisioned
from padstone.resource import (
    PUBLIC,
    SHARED,
    Condition,
    DeclarationError,
    Guards,
    Operation,
    Parent,
    Resource,
)
from padstone.schemas import Body, Patch, Read
from small_shop import schemas as s
from small_shop import tables as t
from small_shop.resources import folders, notes, products

SIGNED_IN = Guards(read=[], write=[])


class Plain(Identified, t.Base):
    __tablename__ = "plain"

    name: Mapped[str]


class Pair(t.Base):
    __tablename__ = "pairs"

    left: Mapped[int] = mapped_column(primary_key=True)
    right: Mapped[int] = mapped_column(primary_key=True)


class Share(Identified, Revisioned, t.Base):
    __tablename__ = "shares"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    with_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))


class Pin(Identified, Revisioned, t.Base):
    """Below a folder, whose owner is its own, and points to two other rows."""

    __tablename__ = "pins"

    folder_id: Mapped[UUID] = mapped_column(ForeignKey("folders.id"))
    near_id: Mapped[UUID] = mapped_column(ForeignKey("folders.id"))
    note_id: Mapped[UUID] = mapped_column(ForeignKey("notes.id"))


class Named(Body):
    name: str


class NamedUpdate(Patch, Named):
    """A change."""


class NamedRead(Read):
    name: str


class Owned(Named):
    user_id: UUID


class Coloured(Named):
    colour: str


class Lax(Body):
    model_config = ConfigDict(extra="ignore")

    name: str


class ColouredRead(Read):
    colour: str


class CategoryIsThere(Read):
    category: s.CategoryRead


class NotesAsAnything(Read):
    notes: list[Any]


class NoteIn(s.NoteFields):
    folder_id: UUID


class LinkFields(Body):
    folder_id: UUID
    note_id: UUID


class PinFields(Body):
    near_id: UUID
    note_id: UUID


FOLDER: dict[str, Any] = {"read": NamedRead, "owner": "user_id", "guards": SIGNED_IN}
PRODUCT: dict[str, Any] = {"read": NamedRead, "guards": SIGNED_IN}
PIN: dict[str, Any] = {
    "read": Read,
    "create": PinFields,
    "parent": Parent(folders, "folder_id"),
    "guards": SIGNED_IN,
}

REFUSED: list[tuple[type[Any], dict[str, Any], str]] = [
    (Plain, {**PRODUCT, "update": NamedUpdate}, "model: Plain has no revision"),
    (Pair, {"read": Read, "guards": SIGNED_IN}, "model: Pair has a key of several columns"),
    (Plain, {**PRODUCT, "operations": [Operation.RESTORE]}, "operations: Plain keeps no deleted"),
    (t.Folder, {**FOLDER, "operations": [Operation.CREATE]}, "create: create needs a schema"),
    (t.Folder, {**FOLDER, "operations": [Operation.BULK_UPDATE]}, "update: bulk_update needs a"),
    (t.Folder, {**FOLDER, "guards": Guards(read=[])}, "guards: nothing is said of delete"),
    (t.Folder, {**FOLDER, "guards": Guards(read="a", write=[])}, "guards: get has a text for its"),
    (t.Folder, {**FOLDER, "guards": Guards(read=PUBLIC, write=[])}, "guards: get is PUBLIC, but"),
    (
        t.Product,
        {
            **PRODUCT,
            "create": Named,
            "guards": Guards(read=PUBLIC, write=PUBLIC),
            "idempotency": t.Record,
        },
        "idempotency: strangers' keys",
    ),
    (t.Folder, {**FOLDER, "owner": "account_id"}, "owner: account_id is no column of Folder; it"),
    (t.Folder, {**FOLDER, "create": Owned}, "owner: user_id stands in a body"),
    (t.Note, {**PRODUCT, "parent": Parent(folders, "x")}, "parent: x is no column of Note"),
    (t.Note, {**PRODUCT, "parent": Parent(folders, "rank")}, "parent: rank is no foreign key to"),
    (
        t.Note,
        {**PRODUCT, "create": NoteIn, "parent": Parent(folders, "folder_id")},
        "parent: folder_id stands in a body",
    ),
    (t.Folder, {**FOLDER, "create": Coloured}, "create: Coloured.colour is no column of Folder"),
    (t.Folder, {**FOLDER, "create": Lax}, "create: Lax takes unknown fields; inherit"),
    (t.Folder, {**FOLDER, "read": ColouredRead}, "read: ColouredRead.colour is no attribute of"),
    (t.Folder, {**FOLDER, "read": Named}, "read: Named reads no rows; inherit padstone.schemas"),
    (t.Product, {**PRODUCT, "read": CategoryIsThere}, "read: CategoryIsThere.category must allow"),
    (t.Folder, {**FOLDER, "read": NotesAsAnything}, "read: NotesAsAnything.notes is a relation"),
    (t.Product, {**PRODUCT, "filters": {"x": ["eq"]}}, "filters: x is no column of Product; it"),
    (
        t.Product,
        {**PRODUCT, "filters": {"limit": Condition(bool, lambda _: true(), "…")}},
        "filters: limit is a parameter of every list",
    ),
    (t.Product, {**PRODUCT, "filters": {"name": ["like"]}}, "filters: 'like' of name is none of"),
    (t.Product, {**PRODUCT, "filters": {"status": ["gt"]}}, "filters: gt means nothing for status"),
    (
        t.Product,
        {**PRODUCT, "filters": {"price_minor": ["contains"]}},
        "filters: contains means nothing for price_minor",
    ),
    (
        t.Product,
        {**PRODUCT, "filters": {"search_vector": ["eq"]}},
        "filters: eq means nothing for search_vector",
    ),
    (t.Product, {**PRODUCT, "sorts": ["x"]}, "sorts: x is no column of Product"),
    (t.Product, {**PRODUCT, "default_sort": "-x"}, "sorts: x is no column of Product"),
    (t.Product, {**PRODUCT, "sorts": ["search_vector"]}, "sorts: a page cannot end at a value of"),
    (t.Product, {**PRODUCT, "search": "name"}, "search: name is no search vector of Product"),
    (t.Product, {**PRODUCT, "references": {"x": SHARED}}, "references: x is no field of a body"),
    (
        t.Link,
        {**FOLDER, "read": Read, "create": LinkFields},
        "references: note_id points to Note, whose rows belong to somebody",
    ),
    (Pin, PIN, "references: note_id points to Note, whose rows belong to somebody"),
    (
        Share,
        {
            **FOLDER,
            "read": Read,
            "create": type("ShareIn", (Body,), {"__annotations__": {"with_id": UUID}}),
        },
        "references: with_id points to Account, whose rows belong to somebody",
    ),
]


@pytest.mark.parametrize(("model", "options", "problem"), REFUSED, ids=lambda one: str(one)[:40])
def test_what_is_wrong_is_said(model: type[Any], options: dict[str, Any], problem: str) -> None:
    with pytest.raises(DeclarationError) as refusal:
        Resource(model, **options)
    assert any(found.startswith(problem) for found in refusal.value.problems), refusal.value
    assert str(refusal.value).startswith(f"Resource '{model.__table__.name}' cannot be declared")


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(DeclarationError) as refusal:
        Resource(t.Product, read=ColouredRead, guards=SIGNED_IN, sorts=["x"], search="y")
    assert len(refusal.value.problems) == 3


def test_what_is_no_model_is_refused() -> None:
    with pytest.raises(TypeError, match="no model"):
        Resource(str, read=Read, guards=SIGNED_IN)


def test_guards_are_required() -> None:
    with pytest.raises(TypeError, match="guards"):
        Resource(t.Product, read=NamedRead)  # type: ignore[call-arg]  # that is what is tested


def test_what_is_shared_may_be_said_to_be() -> None:
    made = Resource(
        t.Link,
        read=Read,
        create=LinkFields,
        owner="user_id",
        guards=SIGNED_IN,
        references={"note_id": SHARED},
    )
    checked = {found.field: found.is_checked for found in made.references}
    assert checked == {"folder_id": True, "note_id": False}


def test_below_a_row_that_is_somebodys_references_are_looked_for_among_theirs() -> None:
    made = Resource(Pin, **PIN, references={"note_id": notes})
    found = {reference.field: reference for reference in made.references}
    assert found["near_id"].owner == "user_id"
    assert found["note_id"].resource is notes


def test_a_declaration_is_data() -> None:
    declared = products.declaration
    assert (declared.name, declared.plural, declared.path) == ("product", "products", "/products")
    assert declared.operations == Operation.ALL
    assert [str(term) for term in declared.default_sort] == ["-created_at"]
    assert declared.filters[0].parameter == "id__in"
    with pytest.raises(AttributeError):
        declared.owner = "x"  # type: ignore[misc]  # that is what is tested
    nested = notes.declaration
    assert nested.path == "/folders/{folder_id}/notes"
    assert nested.parents == (folders.declaration,)
    assert Operation.RESTORE not in nested.operations
    assert repr(notes) == "<Resource notes at /folders/{folder_id}/notes>"


def test_names_are_derived() -> None:
    class MasterHTTPResume(Identified, Revisioned, t.Base):
        __tablename__ = "master_http_resumes"

        name: Mapped[str]

    declared = Resource(
        MasterHTTPResume, read=NamedRead, update=NamedUpdate, guards=SIGNED_IN
    ).declaration
    assert declared.name == "master_http_resume"
    assert declared.path == "/master-http-resumes"
    assert [str(term) for term in declared.default_sort] == ["id"]
    assert declared.operations == {
        Operation.LIST,
        Operation.GET,
        Operation.UPDATE,
        Operation.DELETE,
    }

"""What foreign keys in bodies may point to."""

from typing import Any

from padstone.ids import new_id
from small_shop.callers import Caller


async def refused(caller: Caller, method: str, path: str, **body: Any) -> list[tuple[str, str]]:
    answer = await caller(method, path, json=body)
    assert answer.status_code == 422, answer.text
    return [(error["field"], error["message"]) for error in answer.json()["errors"]]


async def test_anothers_row_is_as_good_as_none(ann: Caller, ben: Caller) -> None:
    mine = await ann.make("/folders", name="mine")
    theirs = await ben.make("/folders", name="theirs")
    missing = await refused(ann, "POST", "/links", folder_id=str(new_id()), label="L")
    assert missing == [("body.folder_id", "names nothing that exists")]
    assert await refused(ann, "POST", "/links", folder_id=theirs["id"], label="L") == missing
    made = await ann.make("/links", folder_id=mine["id"], label="L")
    path = f"/links/{made['id']}"
    assert await refused(ann, "PATCH", path, folder_id=theirs["id"]) == missing
    assert await refused(ann, "PATCH", path, folder_id=str(new_id())) == missing
    assert (await ann("GET", path)).json() == made


async def test_a_nested_row_is_reached_through_its_parent(ann: Caller, ben: Caller) -> None:
    mine = await ann.make("/folders", name="mine")
    note = await ann.make(f"/folders/{mine['id']}/notes", title="N")
    other = await ben.make("/folders", name="theirs")
    theirs = await ben.make(f"/folders/{other['id']}/notes", title="N")
    made = await ann.make("/links", folder_id=mine["id"], note_id=note["id"], label="L")
    answer = await refused(ann, "PATCH", f"/links/{made['id']}", note_id=theirs["id"])
    assert answer == [("body.note_id", "names nothing that exists")]
    both = await refused(
        ann, "POST", "/links", folder_id=other["id"], note_id=theirs["id"], label="L"
    )
    assert [field for field, _ in both] == ["body.folder_id", "body.note_id"]
    gone = await ann("PATCH", f"/links/{made['id']}", json={"note_id": None})
    assert gone.json()["note_id"] is None


async def test_a_deleted_row_is_as_good_as_none(ann: Caller) -> None:
    tea = await ann.make("/categories", name="Tea")
    await ann("DELETE", f"/categories/{tea['id']}")
    body = {"slug": "a", "name": "A", "price_minor": 1, "category_id": tea["id"]}
    assert await refused(ann, "POST", "/products", **body) == [
        ("body.category_id", "names nothing that exists")
    ]
    folder = await ann.make("/folders", name="F")
    await ann("DELETE", f"/folders/{folder['id']}")
    assert await refused(ann, "POST", "/links", folder_id=folder["id"], label="L") == [
        ("body.folder_id", "names nothing that exists")
    ]


async def test_what_was_deleted_later_is_not_shown(ann: Caller) -> None:
    tea = await ann.make("/categories", name="Tea")
    made = await ann.make("/products", slug="a", name="A", price_minor=1, category_id=tea["id"])
    assert made["category"] == {"id": tea["id"], "name": "Tea"}
    await ann("DELETE", f"/categories/{tea['id']}")
    assert (await ann("GET", f"/products/{made['id']}")).json()["category"] is None
    assert (await ann.list("/products"))[0]["category"] is None
    changed = await ann("PATCH", f"/products/{made['id']}", json={"name": "B"})
    assert changed.json()["category"] is None


async def test_children_of_a_deleted_parent_are_invisible(ann: Caller) -> None:
    folder = await ann.make("/folders", name="F")
    path = f"/folders/{folder['id']}/notes"
    note = await ann.make(path, title="N")
    await ann("DELETE", f"/folders/{folder['id']}")
    for method, where in (
        ("GET", path),
        ("POST", path),
        ("GET", f"{path}/{note['id']}"),
        ("PATCH", f"{path}/{note['id']}"),
        ("DELETE", f"{path}/{note['id']}"),
        ("GET", f"{path}/export"),
    ):
        answer = await ann(method, where, json={"title": "T"})
        assert answer.status_code == 404, where
    await ann("POST", f"/folders/{folder['id']}/restore")
    assert await ann.list(path) == [note]


async def test_a_row_of_another_parent_is_not_under_this_one(ann: Caller) -> None:
    first, second = [await ann.make("/folders", name=name) for name in ("a", "b")]
    note = await ann.make(f"/folders/{first['id']}/notes", title="N")
    answer = await ann("GET", f"/folders/{second['id']}/notes/{note['id']}")
    assert answer.status_code == 404
    assert await ann.list(f"/folders/{second['id']}/notes") == []

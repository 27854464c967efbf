from small_shop.callers import Caller

TEA = {"slug": "tea", "name": "Tea", "price_minor": 350}


async def test_a_row_is_made_shown_changed_and_deleted(ann: Caller) -> None:
    answer = await ann("POST", "/products", json=TEA)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["location"] == f"/api/products/{made['id']}"
    assert made["id"].startswith("prod_")
    path = f"/products/{made['id']}"
    assert (await ann("GET", path)).json() == made
    changed = await ann("PATCH", path, json={"name": "Green tea"})
    assert changed.status_code == 200, changed.text
    assert changed.headers["etag"] == '"2"'
    assert changed.json()["name"] == "Green tea"
    assert changed.json()["slug"] == "tea"
    assert [one["name"] for one in await ann.list("/products")] == ["Green tea"]
    gone = await ann("DELETE", path)
    assert gone.status_code == 204
    assert (await ann("GET", path)).status_code == 404
    back = await ann("POST", f"{path}/restore")
    assert back.status_code == 200, back.text
    assert (await ann("GET", path)).status_code == 200


async def test_nested(ann: Caller, ben: Caller) -> None:
    folder = await ann.make("/folders", name="x")
    note = await ann.make(f"/folders/{folder['id']}/notes", title="y")
    path = f"/folders/{folder['id']}/notes/{note['id']}"
    assert (await ann("GET", path)).json() == note
    assert (await ben("GET", path)).status_code == 404
    assert (await ben("GET", f"/folders/{folder['id']}/notes")).status_code == 404
    assert (await ann("GET", f"/folders/{folder['id']}")).json()["notes"] == [note]

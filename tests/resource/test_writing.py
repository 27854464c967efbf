"""Rows made, changed, deleted and restored."""

import json
from typing import Any

import pytest

from padstone.testing.queries import QueryCounter
from small_shop.callers import Caller

TEA = {"slug": "tea", "name": "Tea", "price_minor": 350}


def fields(answer: Any) -> set[str]:
    return {error["field"] for error in answer.json()["errors"]}


async def test_a_row_is_made_shown_changed_deleted_and_restored(ann: Caller) -> None:
    answer = await ann("POST", "/products", json=TEA)
    assert answer.status_code == 201
    made = answer.json()
    path = f"/products/{made['id']}"
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["location"] == f"/api{path}"
    assert (await ann("GET", path)).json() == made
    changed = await ann("PATCH", path, json={"name": "Green tea"})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    before = {**made, "name": "Green tea", "revision": 2, "updated_at": ""}
    assert {**changed.json(), "updated_at": ""} == before
    assert changed.json()["updated_at"] > made["updated_at"]
    assert (await ann("DELETE", path)).status_code == 204
    for method in ("GET", "DELETE", "PATCH"):
        assert (await ann(method, path, json={})).status_code == 404
    assert await ann.list("/products") == []
    back = await ann("POST", f"{path}/restore")
    assert (back.status_code, back.headers["etag"]) == (200, '"4"')
    assert (await ann("POST", f"{path}/restore")).headers["etag"] == '"4"'
    assert (await ann("GET", path)).json() == back.json()


async def test_a_row_that_is_not_kept_is_gone(ann: Caller) -> None:
    folder = await ann.make("/folders", name="F")
    note = await ann.make(f"/folders/{folder['id']}/notes", title="N")
    path = f"/folders/{folder['id']}/notes/{note['id']}"
    assert (await ann("DELETE", path)).status_code == 204
    assert (await ann("DELETE", path)).status_code == 404
    assert (await ann("POST", f"{path}/restore")).status_code == 404


async def test_a_null_is_taken_only_where_it_may_be(ann: Caller) -> None:
    made = await ann.make("/products", **TEA, description="D")
    path = f"/products/{made['id']}"
    answer = await ann("PATCH", path, json={"name": None, "price_minor": None, "weight": None})
    assert answer.status_code == 422
    assert fields(answer) == {"body.name", "body.price_minor"}
    answer = await ann("PATCH", path, json={"description": None})
    assert answer.json()["description"] is None


async def test_what_is_left_out_stays(ann: Caller) -> None:
    made = await ann.make("/products", **TEA, status="live", in_stock=False, weight="1.250")
    answer = await ann("PATCH", f"/products/{made['id']}", json={"price_minor": 1})
    own = {"price_minor": 0, "updated_at": "", "revision": 0}
    assert {**answer.json(), **own} == {**made, **own}
    nothing = await ann("PATCH", f"/products/{made['id']}", json={})
    assert nothing.json() == answer.json()


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
async def test_a_change_that_was_not_seen_is_not_undone(ann: Caller, method: str) -> None:
    made = await ann.make("/products", **TEA)
    path = f"/products/{made['id']}"
    await ann("PATCH", path, json={"name": "Another"})
    for seen in ('"1"', 'W/"2"', '"x"', '"1", "3"', f'"{10**30}"'):
        answer = await ann(method, path, json={"name": "Mine"}, headers={"If-Match": seen})
        assert answer.status_code == 412, seen
        answer = await ann(method, path, json={}, headers={"If-Match": seen})
        assert answer.status_code == 412, seen
    for nonsense in ("2", "", '"2', '"2" "3"', '"2",'):
        answer = await ann(method, path, json={"name": "Mine"}, headers={"If-Match": nonsense})
        assert answer.status_code == 422, nonsense
        assert fields(answer) == {"header.If-Match"}
    assert (await ann("GET", path)).json()["name"] == "Another"
    for seen in ("*", '"2"', '"1", "2"'):
        other = await ann.make("/products", **{**TEA, "slug": seen})
        path = f"/products/{other['id']}"
        await ann("PATCH", path, json={"name": "Another"})
        answer = await ann(method, path, json={"name": "Mine"}, headers={"If-Match": seen})
        assert answer.status_code in {200, 204}, seen


async def test_what_is_known_is_not_sent_again(ann: Caller) -> None:
    folder = await ann.make("/folders", name="F")
    made = await ann.make("/links", folder_id=folder["id"], label="L")
    path = f"/links/{made['id']}"
    for known in ('"1"', 'W/"1"', '"7", "1"', "*"):
        answer = await ann("GET", path, headers={"If-None-Match": known})
        assert (answer.status_code, answer.content) == (304, b""), known
        assert answer.headers["etag"] == '"1"'
    answer = await ann("GET", path, headers={"If-None-Match": '"2"'})
    assert answer.status_code == 200
    # A folder shows its notes, and its own revision does not tell of theirs.
    path = f"/folders/{folder['id']}"
    answer = await ann("GET", path, headers={"If-None-Match": '"1"'})
    assert answer.status_code == 200


async def test_what_changes_nothing_takes_no_parameters(ann: Caller) -> None:
    made = await ann.make("/products", **TEA)
    path = f"/products/{made['id']}"
    for method in ("GET", "PATCH", "DELETE"):
        answer = await ann(method, path, json={"name": "N"}, params={"dry_run": "true"})
        assert (answer.status_code, fields(answer)) == (422, {"query.dry_run"})
    assert (await ann("GET", path)).json() == made


async def test_a_taken_value_is_named(ann: Caller) -> None:
    await ann.make("/products", **TEA)
    answer = await ann("POST", "/products", json=TEA)
    assert (answer.status_code, fields(answer)) == (409, {"body.slug"})
    assert "tea" not in json.dumps(answer.json()["errors"])
    other = await ann.make("/products", **{**TEA, "slug": "other"})
    answer = await ann("PATCH", f"/products/{other['id']}", json={"slug": "tea"})
    assert (answer.status_code, fields(answer)) == (409, {"body.slug"})


async def test_a_row_whose_value_was_taken_is_not_restored(ann: Caller) -> None:
    made = await ann.make("/products", **TEA)
    await ann("DELETE", f"/products/{made['id']}")
    await ann.make("/products", **TEA)
    answer = await ann("POST", f"/products/{made['id']}/restore")
    assert (answer.status_code, fields(answer)) == (409, {"body.slug"})
    assert answer.json()["code"] == "restore_conflict"


TAG: list[tuple[str, Any, int, str]] = [
    ("name", "x" * 21, 422, "must have at most 20 characters"),
    ("name", "twin", 409, "is taken"),
    ("position", 2**31, 422, f"must be between {-(2**31)} and {2**31 - 1}"),
    ("position", -1, 422, "breaks a rule of this field"),
    ("amount", "10000", 422, "must have at most 4 digits before the point"),
    ("amount", "9999.995", 422, ""),
    ("shelf_id", "01890a5d-ac96-774b-bcce-b302099a8057", 422, "names nothing that exists"),
]


@pytest.mark.parametrize(("field", "value", "status", "message"), TAG)
async def test_what_postgresql_refuses_is_named(
    ann: Caller, field: str, value: Any, status: int, message: str
) -> None:
    await ann.make("/tags", name="twin")
    made = await ann.make("/tags", name="own")
    for method, path, body in (
        ("POST", "/tags", {"name": "new", field: value}),
        ("PATCH", f"/tags/{made['id']}", {field: value}),
    ):
        answer = await ann(method, path, json=body)
        assert answer.status_code == status, answer.text
        if message:
            assert fields(answer) == {f"body.{field}"}
            assert answer.json()["errors"][0]["message"] == message
    for method, items in (
        ("POST", [{"name": "new", field: value}]),
        ("PATCH", [{"id": made["id"], field: value}]),
    ):
        body = {"items": items, "mode": "best_effort"}
        answer = await ann(method, "/tags/bulk", json=body)
        assert answer.json()["failed"] == 1, answer.text
        if message:
            assert answer.json()["rows"][0]["errors"][0]["field"] == field
            assert answer.json()["rows"][0]["errors"][0]["message"] == message


async def test_what_json_can_hold_is_held(ann: Caller) -> None:
    extra = {"a": [1, 2.5, None, {"b": "\N{PILE OF POO}"}], "kind": "x"}
    made = await ann.make("/tags", name="a", extra=extra, page="https://example.com", ratio=0.1)
    assert (made["extra"], made["page"], made["ratio"]) == (extra, "https://example.com/", 0.1)
    for bad in ("\0", "\ud800"):
        content = json.dumps({"name": "b", "extra": {"a": bad}})
        headers = {"Content-Type": "application/json"}
        answer = await ann("POST", "/tags", content=content, headers=headers)
        assert answer.status_code == 422


async def test_a_field_without_a_column_is_for_the_hook(ann: Caller) -> None:
    made = await ann.make("/tags", name="a", shout=True)
    assert made["name"] == "A"
    path = f"/tags/{made['id']}"
    seen = {"If-Match": '"1"'}
    answer = await ann("PATCH", path, json={"name": "b", "shout": True}, headers=seen)
    assert (answer.status_code, answer.json()["name"], answer.json()["revision"]) == (200, "B", 2)
    items = [{"id": made["id"], "name": "c", "shout": True}]
    await ann("PATCH", "/tags/bulk", json={"items": items})
    again = (await ann("GET", path)).json()
    assert (again["name"], again["revision"]) == ("C", 3)


async def test_what_is_referred_to_is_not_deleted(ann: Caller) -> None:
    shelf = await ann.make("/shelves", name="S")
    await ann.make("/tags", name="a", shelf_id=shelf["id"])
    answer = await ann("DELETE", f"/shelves/{shelf['id']}")
    assert (answer.status_code, answer.json()["code"]) == (409, "still_referenced")
    assert (await ann("GET", f"/shelves/{shelf['id']}")).status_code == 200


async def test_rows_two_levels_below_are_reached_through_both(ann: Caller, ben: Caller) -> None:
    folder = await ann.make("/folders", name="F")
    note = await ann.make(f"/folders/{folder['id']}/notes", title="N")
    path = f"/folders/{folder['id']}/notes/{note['id']}/comments"
    made = await ann.make(path, words="W")
    assert await ann.list(path) == [made]
    other = await ben.make("/folders", name="G")
    wrong = f"/folders/{other['id']}/notes/{note['id']}/comments"
    for caller, where in ((ben, path), (ben, wrong), (ann, wrong)):
        assert (await caller("GET", where)).status_code == 404
        assert (await caller("GET", f"{where}/{made['id']}")).status_code == 404
        assert (await caller("POST", where, json={"words": "X"})).status_code == 404
        assert (await caller("DELETE", f"{where}/{made['id']}")).status_code == 404
    refused = await ann("DELETE", f"{path}/{made['id']}", headers={"If-Match": '"1"'})
    assert refused.status_code == 412, "a comment has no revisions to compare"
    await ann("DELETE", f"{path}/{made['id']}", headers={"If-Match": "*"})
    await ann("DELETE", f"/folders/{folder['id']}")
    for method, where in (("GET", ""), ("DELETE", ""), ("POST", "/restore")):
        answer = await ann(method, f"{path}/{made['id']}{where}")
        assert answer.status_code == 404, "below a deleted folder there is nothing to restore"
    await ann("POST", f"/folders/{folder['id']}/restore")
    back = await ann("POST", f"{path}/{made['id']}/restore")
    assert (back.status_code, back.json()) == (200, made)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price_minor", 2**63),
        ("price_minor", -(2**63) - 1),
        ("price_minor", 10**400),
        ("price_minor", "1"),
        ("price_minor", 1.5),
        ("price_minor", True),
        ("price_minor", None),
        ("name", "a\0"),
        ("name", "\ud800"),
        ("name", ["a"]),
        ("description", "\0"),
        ("description", "\udfff"),
        ("weight", "NaN"),
        ("weight", "1e400"),
        ("weight", "12345678.000"),
        ("released_on", "2026-02-30"),
        ("released_on", "10000-01-01"),
        ("seen_at", "0001-01-01T00:00:00+14:00"),
        ("seen_at", "9999-12-31T23:59:59-14:00"),
        ("seen_at", "2026-01-01T00:00:00"),
        ("in_stock", 1),
        ("status", "nothing"),
        ("category_id", "x"),
        ("colour", "red"),
        ("id", "01890a5d-ac96-774b-bcce-b302099a8057"),
        ("created_at", "2026-01-01T00:00:00Z"),
        ("revision", 5),
        ("search_vector", "x"),
    ],
)
async def test_what_cannot_be_stored_is_named(ann: Caller, field: str, value: Any) -> None:
    made = await ann.make("/products", **TEA)
    for method, path, body in (
        ("POST", "/products", {**TEA, "slug": "new", field: value}),
        ("PATCH", f"/products/{made['id']}", {field: value}),
    ):
        content = json.dumps(body)
        headers = {"Content-Type": "application/json"}
        answer = await ann(method, path, content=content, headers=headers)
        assert answer.status_code == 422, answer.text
        assert fields(answer) == {f"body.{field}"}
    assert (await ann("GET", f"/products/{made['id']}")).json() == made


async def test_a_hook_may_refuse(ann: Caller) -> None:
    made = await ann.make("/products", **TEA, status="live")
    answer = await ann("DELETE", f"/products/{made['id']}")
    assert answer.status_code == 409
    assert answer.json()["detail"].startswith("A live product")


async def test_a_request_that_is_repeated_is_carried_out_once(ann: Caller) -> None:
    headers = {"Idempotency-Key": "k"}
    first = await ann("POST", "/products", json=TEA, headers=headers)
    again = await ann("POST", "/products", json=TEA, headers=headers)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["idempotency-replayed"] == "true"
    other = await ann("POST", "/products", json={**TEA, "slug": "x"}, headers=headers)
    assert other.json()["code"] == "idempotency_key_reused"


async def test_each_write_costs_what_it_says(ann: Caller, queries: QueryCounter) -> None:
    folder = await ann.make("/folders", name="F")
    path = f"/folders/{folder['id']}/notes"
    link = {"folder_id": folder["id"], "label": "L"}
    made = await ann.make("/links", **link)
    note = await ann.make(path, title="N")
    for method, where, body, statements in (
        ("POST", "/links", link, 2),  # the folder, and the row
        ("PATCH", f"/links/{made['id']}", {"label": "M"}, 2),
        ("PATCH", f"/links/{made['id']}", {"folder_id": folder["id"]}, 3),
        ("POST", path, {"title": "N"}, 2),  # the folder, and the row
        ("PATCH", f"{path}/{note['id']}", {"title": "M"}, 2),
        ("DELETE", f"/links/{made['id']}", None, 2),
    ):
        with queries.counting() as seen:
            answer = await ann(method, where, json=body)
        assert answer.status_code < 300, answer.text
        assert len(seen) == 1 + statements, seen  # the key, and those


async def test_nothing_is_searched_or_loaded_that_only_a_search_needs(
    ann: Caller, queries: QueryCounter
) -> None:
    with queries.counting() as seen:
        made = await ann.make("/products", **TEA)
        await ann("PATCH", f"/products/{made['id']}", json={"name": "T"})
        await ann("GET", f"/products/{made['id']}")
        await ann.list("/products")
    assert not [statement for statement in seen if "search_vector" in statement]

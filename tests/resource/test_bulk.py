"""Many rows at once."""

from typing import Any

import pytest

from padstone.testing.queries import QueryCounter
from small_shop.callers import Caller


def goods(count: int, **values: Any) -> list[dict[str, Any]]:
    return [
        {"slug": f"p{number}", "name": f"P {number}", "price_minor": number, **values}
        for number in range(count)
    ]


async def bulk(caller: Caller, method: str, path: str, items: list[Any], **body: Any) -> Any:
    answer = await caller(method, f"{path}/bulk", json={"items": items, **body})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_rows_are_made_with_one_insert(ann: Caller, queries: QueryCounter) -> None:
    await bulk(ann, "POST", "/products", goods(1))
    with queries.counting() as few:
        await bulk(
            ann, "POST", "/products", [{**one, "slug": f"x{one['slug']}"} for one in goods(2)]
        )
    with queries.counting() as many:
        report = await bulk(ann, "POST", "/products", goods(300)[1:])
    assert len(few) == len(many) == 3  # the key, what is taken, and the rows
    assert report["created"] == report["total"] == 299
    assert [row["row"] for row in report["rows"]] == list(range(1, 300))
    shown = await ann("GET", f"/products/{report['rows'][0]['id']}")
    assert shown.json()["slug"] == "p1"


async def test_rows_that_are_there_already_cost_no_more(ann: Caller, queries: QueryCounter) -> None:
    await bulk(ann, "POST", "/products", goods(100))
    with queries.counting() as seen:
        report = await bulk(ann, "POST", "/products", goods(150), mode="best_effort")
    assert (report["created"], report["failed"]) == (50, 100)
    assert len(seen) == 3
    twins = [{**one, "slug": "twin"} for one in goods(3)]
    report = await bulk(ann, "POST", "/products", twins, mode="best_effort")
    assert [row["status"] for row in report["rows"]] == ["created", "failed", "failed"]
    assert report["rows"][2]["errors"] == [
        {"field": "slug", "message": "is taken", "code": "already_exists"}
    ]
    # What is deleted holds nothing back, and what is not a living row's only does.
    (twin,) = await ann.list("/products", slug="twin")
    await ann("DELETE", f"/products/{twin['id']}")
    report = await bulk(ann, "POST", "/products", twins[:1])
    assert report["created"] == 1


async def test_what_is_unique_to_its_owner_is_free_to_others(ann: Caller, ben: Caller) -> None:
    await bulk(ann, "POST", "/tags", [{"name": "a"}, {"name": "b"}])
    report = await bulk(ben, "POST", "/tags", [{"name": "a"}])
    assert report["created"] == 1
    report = await bulk(ann, "POST", "/tags", [{"name": "c"}, {"name": "a"}], mode="best_effort")
    assert [row["status"] for row in report["rows"]] == ["created", "failed"]
    assert [error["field"] for error in report["rows"][1]["errors"]] == ["name"]


BAD: list[tuple[Any, str]] = [
    ({"slug": "a"}, "name"),
    ({"slug": "a", "name": "A", "price_minor": "1"}, "price_minor"),
    ({"slug": "a", "name": "A", "price_minor": 1, "colour": "red"}, "colour"),
    ({"slug": "p0", "name": "A", "price_minor": 1}, "slug"),
    ({"slug": "a", "name": "A", "price_minor": 1, "category_id": "0" * 32}, "category_id"),
    ({"slug": "a\0", "name": "A", "price_minor": 1}, "slug"),
    ("text", ""),
    (None, ""),
]


@pytest.mark.parametrize(("bad", "field"), BAD)
async def test_a_bad_row_is_named_and_the_others_are_written(
    ann: Caller, bad: Any, field: str
) -> None:
    report = await bulk(ann, "POST", "/products", [*goods(3), bad], mode="best_effort")
    assert (report["created"], report["failed"]) == (3, 1)
    assert [row["status"] for row in report["rows"]] == ["created"] * 3 + ["failed"]
    assert field in {error["field"] for error in report["rows"][3]["errors"]}
    assert len(await ann.list("/products")) == 3


@pytest.mark.parametrize(("bad", "field"), BAD)
async def test_all_or_nothing_writes_nothing(ann: Caller, bad: Any, field: str) -> None:
    answer = await ann("POST", "/products/bulk", json={"items": [*goods(2), bad]})
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["code"] == "rows_refused"
    assert problem["detail"].startswith("1 of 3 rows")
    named = {error["field"] for error in problem["errors"]}
    assert f"body.items.2.{field}".rstrip(".") in named
    assert await ann.list("/products") == []


async def test_rows_are_changed_each_with_its_own_fields(
    ann: Caller, queries: QueryCounter
) -> None:
    made = await bulk(ann, "POST", "/products", goods(60))
    ids = [row["id"] for row in made["rows"]]
    items = [{"id": one, "price_minor": 5} for one in ids]
    with queries.counting() as seen:
        report = await bulk(ann, "PATCH", "/products", items)
    assert report["updated"] == 60
    assert len(seen) == 4  # the key, the lock, the change, and what became of it
    assert {one["price_minor"] for one in await ann.list("/products", limit=100)} == {5}


async def test_a_change_that_cannot_be_is_named(ann: Caller) -> None:
    made = await bulk(ann, "POST", "/products", goods(6))
    one, two, three, four, five, six = (row["id"] for row in made["rows"])
    report = await bulk(
        ann,
        "PATCH",
        "/products",
        [
            {"id": one, "name": "Good"},
            {"id": two, "name": None},
            {"id": three, "name": "Stale", "revision": 7},
            {"id": four, "name": "Fresh", "revision": 1},
            {"id": four, "name": "Twice"},
            {"id": "prod_00000000000000000000000000", "name": "Nobody"},
            {"name": "Without id"},
            {"id": five, "slug": "p0"},
            {"id": six},
            {"id": six, "name": "Again"},
        ],
        mode="best_effort",
    )
    assert [row["status"] for row in report["rows"]] == [
        *("updated", "failed", "failed", "updated", "failed", "failed", "failed", "failed"),
        *("unchanged", "failed"),
    ]
    fields = [[error["field"] for error in row["errors"]] for row in report["rows"]]
    assert fields == [[], ["name"], [""], [], ["id"], [""], ["id"], ["slug"], [], ["id"]]
    codes = [error["code"] for row in report["rows"] for error in row["errors"]]
    assert codes[1] == "precondition_failed"
    assert codes[2:4] == ["duplicate", "not_found"]
    shown = {one["slug"]: one for one in await ann.list("/products")}
    assert (shown["p0"]["name"], shown["p3"]["name"], shown["p2"]["name"]) == (
        "Good",
        "Fresh",
        "P 2",
    )


async def test_a_deleted_target_is_none_for_rows_either(ann: Caller) -> None:
    tea = await ann.make("/categories", name="Tea")
    await ann("DELETE", f"/categories/{tea['id']}")
    made = await bulk(ann, "POST", "/products", goods(2))
    first, second = (row["id"] for row in made["rows"])
    items = [{"id": first, "category_id": tea["id"]}, {"id": second, "name": "N"}]
    changed = await bulk(ann, "PATCH", "/products", items, mode="best_effort")
    more = [{**goods(1)[0], "slug": "more", "category_id": tea["id"]}]
    added = await bulk(ann, "POST", "/products", more, mode="best_effort")
    for report in (changed, added):
        assert report["rows"][0]["errors"] == [
            {"field": "category_id", "message": "names nothing that exists", "code": "not_found"}
        ]
    assert changed["rows"][1]["status"] == "updated"


async def test_the_number_of_rows_is_bounded(ann: Caller) -> None:
    for items in ([], goods(1001)):
        answer = await ann("POST", "/products/bulk", json={"items": items})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "body.items"


async def test_anothers_rows_cannot_be_changed(ann: Caller, ben: Caller) -> None:
    made = await bulk(ann, "POST", "/folders", [{"name": "mine"}])
    mine = made["rows"][0]["id"]
    report = await bulk(
        ben, "PATCH", "/folders", [{"id": mine, "name": "theirs"}], mode="best_effort"
    )
    assert report["rows"][0]["errors"][0]["code"] == "not_found"
    assert [one["name"] for one in await ann.list("/folders")] == ["mine"]


async def test_rows_are_made_under_their_parent(ann: Caller, ben: Caller) -> None:
    folder = await ann.make("/folders", name="mine")
    path = f"/folders/{folder['id']}/notes"
    report = await bulk(ann, "POST", path, [{"title": "one"}, {"title": "two"}])
    assert report["created"] == 2
    assert {one["folder_id"] for one in await ann.list(path)} == {folder["id"]}
    theirs = await ben("POST", f"{path}/bulk", json={"items": [{"title": "one"}]})
    assert theirs.status_code == 404


async def test_rules_across_fields_hold_for_each_row(ann: Caller) -> None:
    made = await bulk(
        ann, "POST", "/folders", [{"name": "a", "starts_on": "2026-05-01"}, {"name": "b"}]
    )
    first, second = (row["id"] for row in made["rows"])
    report = await bulk(
        ann,
        "PATCH",
        "/folders",
        [{"id": first, "ends_on": "2026-04-01"}, {"id": second, "ends_on": "2026-04-01"}],
        mode="best_effort",
    )
    assert [row["status"] for row in report["rows"]] == ["failed", "updated"]

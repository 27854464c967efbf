"""Files in and out."""

import csv
import io
import json

from padstone.resource import Guards, Operation, Resource
from padstone.resource.many_routes import import_body
from padstone.schemas import Body
from padstone.testing.queries import QueryCounter
from small_shop.callers import Caller
from small_shop.schemas import ProductCreate, ProductRead
from small_shop.tables import Product

CSV = {"Content-Type": "text/csv"}


async def test_a_file_of_rows_is_imported(ann: Caller) -> None:
    tea = await ann.make("/categories", name="Tea")
    file = f"slug,name,price_minor,category_id,in_stock\r\na,=A,1,{tea['id']},false\r\nb,B,2,,\r\n"
    answer = await ann("POST", "/products/import", content=file, headers=CSV)
    assert answer.status_code == 200, answer.text
    assert answer.json()["created"] == 2
    shown = {one["slug"]: one for one in await ann.list("/products")}
    assert shown["a"]["category"]["name"] == "Tea"
    assert shown["a"]["in_stock"] is False
    assert shown["b"]["in_stock"] is True


async def test_a_bad_row_of_a_file_is_named_with_its_place(ann: Caller) -> None:
    file = 'slug,name,price_minor\r\na,A,1\r\nb,"B\r\nB",x\r\n'
    answer = await ann("POST", "/products/import", content=file, headers=CSV)
    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == ["rows.2.price_minor"]
    assert await ann.list("/products") == []
    answer = await ann(
        "POST", "/products/import", content=file, headers=CSV, params={"mode": "best_effort"}
    )
    assert (answer.json()["created"], answer.json()["failed"]) == (1, 1)


async def test_what_is_no_file_of_rows_is_refused(ann: Caller) -> None:
    for content, media_type, status in (
        ("a", "text/plain", 415),
        ("[", "application/json", 400),
        ("", "text/csv", 400),
    ):
        headers = {"Content-Type": media_type}
        answer = await ann("POST", "/products/import", content=content, headers=headers)
        assert answer.status_code == status, answer.text
    answer = await ann("POST", "/products/import", params={"mood": "x"}, content="a", headers=CSV)
    assert answer.status_code == 422


async def test_rows_are_exported(ann: Caller, nobody: Caller, queries: QueryCounter) -> None:
    tea = await ann.make("/categories", name="Tea")
    items = [
        {"slug": f"p{n:04}", "name": "=1+1", "price_minor": n, "status": "live"}
        for n in range(1001)
    ]
    items[0] |= {"category_id": tea["id"], "weight": "1.500"}
    for part in (items[:1000], items[1000:]):
        await ann("POST", "/products/bulk", json={"items": part})
    with queries.counting() as seen:
        answer = await nobody("GET", "/products/export", params={"sort": "price_minor"})
    assert answer.status_code == 200, answer.text
    assert len(seen) == 3  # 500 rows each
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="products.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["slug"] for row in rows] == [item["slug"] for item in items]
    assert (rows[0]["name"], rows[0]["category.name"], rows[0]["weight"]) == (
        "'=1+1",
        "Tea",
        "1.500",
    )


async def test_an_export_takes_the_filters_of_the_list(ann: Caller) -> None:
    await ann(
        "POST",
        "/products/bulk",
        json={
            "items": [
                {"slug": "a", "name": "A", "price_minor": 1},
                {"slug": "b", "name": "B", "price_minor": 2},
            ]
        },
    )
    params = {"price_minor__gt": 1, "format": "json"}
    answer = await ann("GET", "/products/export", params=params)
    assert [one["slug"] for one in json.loads(answer.text)] == ["b"]
    params = {"price_minor__gt": 1, "format": "ndjson"}
    answer = await ann("GET", "/products/export", params=params)
    assert [json.loads(line)["slug"] for line in answer.text.splitlines()] == ["b"]
    for bad in ({"limit": "5"}, {"format": "xls"}, {"price_minor__gt": "x"}):
        answer = await ann("GET", "/products/export", params=bad)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == f"query.{next(iter(bad))}"


async def test_only_ones_own_rows_are_exported(ann: Caller, ben: Caller) -> None:
    folder = await ann.make("/folders", name="mine")
    assert (await ben("GET", "/folders/export", params={"format": "json"})).json() == []
    path = f"/folders/{folder['id']}/notes/export"
    assert (await ann("GET", path, params={"format": "json"})).json() == []
    assert (await ben("GET", path)).status_code == 404


class Line(Body):
    """A line of somebody else's file."""

    code: str


def test_the_rows_of_a_file_may_be_others_than_those_of_a_create() -> None:
    other = Resource(
        Product,
        create=ProductCreate,
        read=ProductRead,
        guards=Guards(read=[], write=[]),
        operations={Operation.IMPORT},
        import_row=Line,
    )
    content = import_body(other)["requestBody"]["content"]
    assert content["text/csv"]["example"] == "code\r\n"
    items = content["application/json"]["schema"]["items"]
    assert items["description"] == "A line of somebody else's file."

"""B5: products from a file, with a verdict for each row."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest
from people import MakeCategory, MakeProduct, SignedIn
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Category, PriceChange, Product, StockMovement
from app.seed.catalogue import category_rows
from padstone.testing.queries import QueryCounter

IMPORT = "/api/v1/products/import"
FILE = Path(__file__).resolve().parents[1] / "app" / "seed" / "products.csv"
CSV = {"Content-Type": "text/csv"}


async def send(
    client: httpx2.AsyncClient, manager: SignedIn, text: str, *, mode: str = "all_or_nothing"
) -> httpx2.Response:
    return await client.post(
        f"{IMPORT}?mode={mode}", content=text.encode(), headers={**manager.headers, **CSV}
    )


def verdicts(answer: httpx2.Response) -> list[tuple[int, str]]:
    assert answer.status_code == 200, answer.text
    return [(row["row"], row["status"]) for row in answer.json()["rows"]]


async def test_b5_a_file_makes_and_changes_products_by_their_sku(
    client: httpx2.AsyncClient,
    manager: SignedIn,
    make_product: MakeProduct,
    session: AsyncSession,
) -> None:
    known = await make_product("Tea Pot", brand="Lehm", description="As it was.")
    same = await make_product("Same")
    answer = await send(
        client,
        manager,
        "sku,name,category,price_minor,stock\n"
        "SKU-1,Teapot,,2500,12\n"
        "NEW-1,New Thing,shelf,300,\n"
        "SKU-2,,,1999,10\n",
    )
    assert verdicts(answer) == [(1, "updated"), (2, "created"), (3, "unchanged")]
    report = answer.json()
    assert (report["created"], report["updated"], report["unchanged"]) == (1, 1, 1)
    changed = (await client.get(f"/api/v1/products/{known.id}")).json()
    assert (changed["name"], changed["price_minor"], changed["stock"]) == ("Teapot", 2500, 12)
    assert (changed["brand"], changed["description"]) == ("Lehm", "As it was.")
    assert changed["slug"] == known.slug, "an address stays"
    made = (await client.get("/api/v1/products/new-thing")).json()
    assert (made["id"], made["currency"], made["stock"]) == (report["rows"][1]["id"], "EUR", 0)
    assert (await client.get(f"/api/v1/products/{same.id}")).json()["revision"] == 1
    moved = select(StockMovement.delta).where(
        StockMovement.product_id == known.id, StockMovement.reason == "import"
    )
    assert (await session.scalars(moved)).all() == [2]
    prices = select(PriceChange.price_minor).where(PriceChange.product_id == known.id)
    assert set(await session.scalars(prices)) == {1999, 2500}


BAD = (
    "sku,name,category,price_minor,currency\n"
    "GOOD-1,Good,shelf,100,\n"
    "BAD-1,Bad,nowhere,100,\n"
    "BAD-2,,shelf,,\n"
    "BAD-3,Bad,shelf,9.99,\n"
    "BAD-4,Bad,shelf,100,XXX\n"
    ",Bad,shelf,100,\n"
    "OLD-1,Bad,shelf,100,\n"
    "GOOD-1,Better,shelf,150,\n"
)


async def test_b5_one_bad_row_keeps_all_from_being_written(
    client: httpx2.AsyncClient, manager: SignedIn, make_product: MakeProduct
) -> None:
    await make_product("Old", sku="OLD-1", deleted_at=datetime.now(UTC))
    answer = await send(client, manager, BAD)
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["detail"] == "6 of 8 rows have errors, so none was written."
    assert {error["field"] for error in problem["errors"]} == {
        "rows.2.category",
        "rows.3.name",
        "rows.3.price_minor",
        "rows.4.price_minor",
        "rows.5.currency",
        "rows.6.sku",
        "rows.7.sku",
    }
    assert (await client.get("/api/v1/products")).json()["items"] == []


async def test_b5_or_the_good_rows_stay(
    client: httpx2.AsyncClient, manager: SignedIn, make_product: MakeProduct
) -> None:
    await make_product("Old", sku="OLD-1", deleted_at=datetime.now(UTC))
    answer = await send(client, manager, BAD, mode="best_effort")
    assert verdicts(answer) == [
        (1, "created"),
        *((row, "failed") for row in range(2, 8)),
        (8, "updated"),
    ]
    failed = answer.json()["rows"][1]
    assert (failed["line"], failed["errors"][0]["field"]) == (3, "category")
    [left] = (await client.get("/api/v1/products")).json()["items"]
    assert (left["name"], left["price_minor"], left["slug"]) == ("Better", 150, "good")


@pytest.mark.parametrize("kind", ["application/json", "application/x-ndjson"])
async def test_b5_json_too(
    client: httpx2.AsyncClient, manager: SignedIn, shelf: Category, kind: str
) -> None:
    rows = [
        {"sku": f"J-{number}", "name": "Same Name", "category": "shelf", "price_minor": number}
        for number in range(3)
    ]
    content = orjson.dumps(rows) if kind.endswith("/json") else b"\n".join(map(orjson.dumps, rows))
    answer = await client.post(
        IMPORT, content=content, headers={**manager.headers, "Content-Type": kind}
    )
    assert verdicts(answer) == [(1, "created"), (2, "created"), (3, "created")]
    found = (await client.get("/api/v1/products?sort=price_minor")).json()["items"]
    assert [one["slug"] for one in found] == ["same-name", "same-name-j-1", "same-name-j-2"]


async def test_b5_a_taken_slug_is_the_fault_of_its_row(
    client: httpx2.AsyncClient, manager: SignedIn, make_product: MakeProduct
) -> None:
    await make_product("Pot", slug="pot")
    text = "sku,name,category,price_minor,slug\nA-1,A,shelf,1,\nA-2,B,shelf,1,pot\n"
    answer = await send(client, manager, text, mode="best_effort")
    assert verdicts(answer) == [(1, "created"), (2, "failed")]
    assert answer.json()["rows"][1]["errors"][0]["field"] == "slug"


async def test_b5_what_is_no_table_is_refused(
    client: httpx2.AsyncClient, manager: SignedIn, buyer: SignedIn
) -> None:
    other = {**manager.headers, "Content-Type": "application/pdf"}
    assert (await client.post(IMPORT, content=b"%PDF", headers=other)).status_code == 415
    broken = {**manager.headers, "Content-Type": "application/json"}
    assert (await client.post(IMPORT, content=b"{", headers=broken)).status_code == 400
    assert (await client.post(IMPORT, content=b"", headers=CSV)).status_code == 401
    assert (await send(client, buyer, "sku\n")).status_code == 403


async def test_b5_the_sample_catalogue_is_imported_in_few_statements(
    client: httpx2.AsyncClient,
    manager: SignedIn,
    make_category: MakeCategory,
    session: AsyncSession,
    queries: QueryCounter,
) -> None:
    """The seed's own file, which anybody may take for a start; a second time changes nothing."""
    for row in category_rows():
        await make_category(row["name"], None, **_only(row, ("description", "position")))
    with queries.at_most(30):
        first = await send(client, manager, FILE.read_text())
    assert {status for _, status in verdicts(first)} == {"created"}
    second = await send(client, manager, FILE.read_text())
    assert {status for _, status in verdicts(second)} == {"unchanged"}
    stocks = await session.execute(select(func.sum(Product.stock), func.count()))
    moved = await session.scalar(select(func.sum(StockMovement.delta)))
    total, count = stocks.one()
    assert (count, total) == (141, moved)


def _only(row: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: row[name] for name in names}

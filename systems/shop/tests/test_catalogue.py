"""B5: managers keep products; prices and stock leave a trace."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from people import MakeCategory, MakeProduct, SignedIn, product_body
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Category, Product, StockMovement

PRODUCTS = "/api/v1/products"


async def create(
    client: httpx2.AsyncClient, manager: SignedIn, category: Category, **values: Any
) -> httpx2.Response:
    body = product_body(category.id, **values)
    return await client.post(PRODUCTS, json=body, headers=manager.headers)


async def trace(
    client: httpx2.AsyncClient, manager: SignedIn, product_id: object, what: str
) -> list[dict[str, Any]]:
    answer = await client.get(f"{PRODUCTS}/{product_id}/{what}", headers=manager.headers)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_b5_a_manager_makes_a_product(
    client: httpx2.AsyncClient, manager: SignedIn, shelf: Category
) -> None:
    made = await create(client, manager, shelf, stock=7, brand="Lehm")
    assert made.status_code == 201, made.text
    body = made.json()
    assert (body["slug"], body["currency"], body["stock"]) == ("tea-pot", "EUR", 7)
    assert made.headers["location"] == f"{PRODUCTS}/{body['id']}"
    assert (await client.get(f"{PRODUCTS}/tea-pot")).json() == body
    [movement] = await trace(client, manager, body["id"], "stock-movements")
    assert (movement["delta"], movement["stock_after"], movement["reason"]) == (7, 7, "initial")
    assert movement["user_id"] == str(manager.user.id)
    [price] = await trace(client, manager, body["id"], "price-changes")
    assert (price["price_minor"], price["currency"]) == (4900, "EUR")


async def test_b5_a_slug_is_made_from_the_name(
    client: httpx2.AsyncClient, manager: SignedIn, shelf: Category
) -> None:
    first = await create(client, manager, shelf, sku="A-1", name="Füße & Œuvre, Größe 3½")
    assert first.json()["slug"] == "fusse-and-oeuvre-grosse-31-2"
    second = await create(client, manager, shelf, sku="A-2", name="Füße & Œuvre, Größe 3½")
    assert second.json()["slug"] == "fusse-and-oeuvre-grosse-31-2-a-2"
    third = await create(client, manager, shelf, sku="A-3", name="茶壶")
    assert third.status_code == 201
    assert third.json()["slug"]


@pytest.mark.parametrize(
    ("values", "field"), [({"slug": "tea-pot"}, "body.slug"), ({"sku": "POT-1"}, "body.sku")]
)
async def test_b5_slug_and_sku_are_taken_once(
    client: httpx2.AsyncClient,
    manager: SignedIn,
    shelf: Category,
    values: dict[str, str],
    field: str,
) -> None:
    await create(client, manager, shelf)
    again = await create(client, manager, shelf, **{"sku": "POT-2", "name": "Other", **values})
    assert again.status_code == 409
    assert [error["field"] for error in again.json()["errors"]] == [field]


@pytest.mark.parametrize(
    "slug", ["Tea", "tea pot", "-tea", "tea--pot", "", "01890a5d-ac96-774b-bcce-b302099a8057"]
)
async def test_b5_other_slugs_are_refused(
    client: httpx2.AsyncClient, manager: SignedIn, shelf: Category, slug: str
) -> None:
    answer = await create(client, manager, shelf, slug=slug)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["body.slug"]


async def test_b5_an_archived_products_slug_and_sku_are_free_again(
    client: httpx2.AsyncClient, manager: SignedIn, shelf: Category
) -> None:
    old = (await create(client, manager, shelf)).json()
    url = f"{PRODUCTS}/{old['id']}"
    assert (await client.delete(url, headers=manager.headers)).status_code == 204
    assert (await client.delete(url, headers=manager.headers)).status_code == 404
    new = await create(client, manager, shelf)
    assert (new.json()["slug"], new.json()["sku"]) == (old["slug"], old["sku"])
    changed = await client.patch(url, json={"name": "x"}, headers=manager.headers)
    assert (changed.status_code, changed.json()["code"]) == (409, "product_archived")
    taken = await client.post(f"{url}/restore", headers=manager.headers)
    assert taken.status_code == 409
    assert {error["field"] for error in taken.json()["errors"]} <= {"body.slug", "body.sku"}
    await client.delete(f"{PRODUCTS}/{new.json()['id']}", headers=manager.headers)
    restored = await client.post(f"{url}/restore", headers=manager.headers)
    assert (restored.status_code, restored.json()["archived_at"]) == (200, None)


async def test_b5_a_product_is_restored_onto_a_living_shelf_only(
    client: httpx2.AsyncClient, manager: SignedIn, shelf: Category, session: AsyncSession
) -> None:
    made = (await create(client, manager, shelf)).json()
    url = f"{PRODUCTS}/{made['id']}"
    await client.delete(url, headers=manager.headers)
    shelf.deleted_at = datetime.now(UTC)
    await session.commit()
    shown = await client.get(url, headers=manager.headers)
    assert shown.json()["category"]["slug"] == "shelf", "a manager sees where it was"
    refused = await client.post(f"{url}/restore", headers=manager.headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "product_archived")
    assert (await client.get(url, headers=manager.headers)).json()["archived_at"] is not None


async def test_b5_a_changed_price_is_kept(
    client: httpx2.AsyncClient, manager: SignedIn, product: Product
) -> None:
    url = f"{PRODUCTS}/{product.id}"
    for body in ({"price_minor": 2500}, {"price_minor": 2500}, {"currency": "USD"}, {"name": "X"}):
        assert (await client.patch(url, json=body, headers=manager.headers)).status_code == 200
    changes = await trace(client, manager, product.id, "price-changes")
    assert [(one["price_minor"], one["currency"]) for one in changes] == [
        (2500, "USD"),
        (2500, "EUR"),
        (1999, "EUR"),
    ]


async def test_b5_what_was_not_sent_stays(
    client: httpx2.AsyncClient, manager: SignedIn, product: Product
) -> None:
    url = f"{PRODUCTS}/{product.id}"
    before = (await client.get(url)).json()
    after = (await client.patch(url, json={"brand": "Lehm"}, headers=manager.headers)).json()
    assert after == {
        **before,
        "brand": "Lehm",
        "revision": 2,
        "updated_at": after["updated_at"],
    }
    stock = await client.patch(url, json={"stock": 3}, headers=manager.headers)
    assert stock.status_code == 422, "stock is changed by deliveries and counts"


async def test_b5_a_change_that_was_not_seen_is_not_undone(
    client: httpx2.AsyncClient, manager: SignedIn, product: Product
) -> None:
    url = f"{PRODUCTS}/{product.id}"
    seen = {**manager.headers, "If-Match": '"1"'}
    assert (await client.patch(url, json={"name": "A"}, headers=seen)).status_code == 200
    late = await client.patch(url, json={"name": "B"}, headers=seen)
    assert (late.status_code, late.json()["code"]) == (412, "precondition_failed")
    assert (await client.delete(url, headers=seen)).status_code == 412
    assert (await client.get(url)).json()["name"] == "A"


async def test_b5_stock_goes_up_and_down_and_says_why(
    client: httpx2.AsyncClient, manager: SignedIn, product: Product
) -> None:
    url = f"{PRODUCTS}/{product.id}/stock"
    for body, stock in (
        ({"delta": 5, "reason": "delivery"}, 15),
        ({"delta": -2, "reason": "loss", "note": "Broken in the window"}, 13),
        ({"counted": 12, "reason": "count"}, 12),
        ({"counted": 12, "reason": "count"}, 12),
    ):
        answer = await client.post(url, json=body, headers=manager.headers)
        assert answer.json() == {"product_id": str(product.id), "stock": stock}
    too_much = await client.post(
        url, json={"delta": -13, "reason": "loss"}, headers=manager.headers
    )
    assert (too_much.status_code, too_much.json()["code"]) == (409, "stock_negative")
    movements = await trace(client, manager, product.id, "stock-movements")
    assert [(one["delta"], one["stock_after"], one["reason"]) for one in movements] == [
        (-1, 12, "count"),
        (-2, 13, "loss"),
        (5, 15, "delivery"),
        (10, 10, "initial"),
    ]
    assert movements[1]["note"] == "Broken in the window"


@pytest.mark.parametrize(
    "body",
    [
        {"reason": "count"},
        {"delta": 1, "counted": 1, "reason": "count"},
        {"delta": 1},
        {"delta": 1, "reason": "sale"},
        {"counted": -1, "reason": "count"},
    ],
)
async def test_b5_an_unclear_adjustment_is_refused(
    client: httpx2.AsyncClient, manager: SignedIn, product: Product, body: dict[str, Any]
) -> None:
    answer = await client.post(f"{PRODUCTS}/{product.id}/stock", json=body, headers=manager.headers)
    assert answer.status_code == 422


@pytest.mark.committed
async def test_b5_the_movements_add_up_whoever_moves(
    client: httpx2.AsyncClient, manager: SignedIn, product: Product, session: AsyncSession
) -> None:
    url = f"{PRODUCTS}/{product.id}/stock"

    async def move(number: int) -> None:
        counts: dict[str, Any] = {"counted": number, "reason": "count"}
        moves = {"delta": number - 10, "reason": "delivery"}
        body = counts if number % 3 == 0 else moves
        answer = await client.post(url, json=body, headers=manager.headers)
        assert answer.status_code in {200, 409}, answer.text

    await asyncio.gather(*(move(number) for number in range(20)))
    moved = select(func.sum(StockMovement.delta)).where(StockMovement.product_id == product.id)
    stock = select(Product.stock).where(Product.id == product.id)
    assert await session.scalar(moved) == await session.scalar(stock)
    last = (await trace(client, manager, product.id, "stock-movements"))[0]
    assert last["stock_after"] == await session.scalar(stock)


async def test_b5_a_product_needs_a_living_category(
    client: httpx2.AsyncClient,
    manager: SignedIn,
    product: Product,
    make_category: MakeCategory,
) -> None:
    gone = await make_category("Gone", deleted_at=datetime.now(UTC))
    url = f"{PRODUCTS}/{product.id}"
    for category_id in (str(gone.id), "01890a5d-ac96-774b-bcce-b302099a8057"):
        changed = await client.patch(
            url, json={"category_id": category_id}, headers=manager.headers
        )
        made = await client.post(
            PRODUCTS,
            json={**product_body(gone.id), "category_id": category_id},
            headers=manager.headers,
        )
        for answer in (changed, made):
            assert answer.status_code == 422
            assert [one["field"] for one in answer.json()["errors"]] == ["body.category_id"]


async def test_b5_buyers_and_strangers_keep_no_catalogue(
    client: httpx2.AsyncClient, buyer: SignedIn, product: Product, make_product: MakeProduct
) -> None:
    url = f"{PRODUCTS}/{product.id}"
    for headers, status in (({}, 401), (buyer.headers, 403)):
        body = product_body(product.category_id)
        answers = [
            await client.post(PRODUCTS, json=body, headers=headers),
            await client.patch(url, json={"name": "x"}, headers=headers),
            await client.delete(url, headers=headers),
            await client.post(
                f"{url}/stock", json={"delta": 1, "reason": "count"}, headers=headers
            ),
            await client.get(f"{url}/stock-movements", headers=headers),
            await client.get(f"{url}/price-changes", headers=headers),
        ]
        assert {answer.status_code for answer in answers} == {status}

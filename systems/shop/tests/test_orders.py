"""B6: a cart becomes an order, which goes from status to status."""

import re
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import httpx2
import pytest
from people import MakeProduct, SignedIn, SignIn
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.order_status import OrderStatus, order_machine
from app.models import Order, Product, StockMovement
from app.services import orders as service
from padstone.testing.queries import QueryCounter

ORDERS = "/api/v1/orders"


async def fill(client: httpx2.AsyncClient, buyer: SignedIn, *lines: tuple[Product, int]) -> None:
    for product, quantity in lines:
        answer = await client.put(
            f"/api/v1/cart/lines/{product.id}", json={"quantity": quantity}, headers=buyer.headers
        )
        assert answer.status_code == 200, answer.text


async def order(
    client: httpx2.AsyncClient, buyer: SignedIn, *lines: tuple[Product, int]
) -> dict[str, Any]:
    await fill(client, buyer, *lines)
    answer = await client.post(ORDERS, headers=buyer.headers)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def advance(
    client: httpx2.AsyncClient, manager: SignedIn, order_id: str, status: str, **more: Any
) -> httpx2.Response:
    return await client.post(
        f"{ORDERS}/{order_id}/status", json={"status": status, **more}, headers=manager.headers
    )


async def stock(session: AsyncSession, product: Product) -> int:
    found = await session.scalar(
        select(Product.stock)
        .where(Product.id == product.id)
        .execution_options(include_deleted=True)
    )
    assert found is not None
    return found


async def test_b6_a_cart_becomes_an_order(
    client: httpx2.AsyncClient,
    buyer: SignedIn,
    make_product: MakeProduct,
    session: AsyncSession,
) -> None:
    pot, pan = await make_product("Pot"), await make_product("Pan", price_minor=500)
    await fill(client, buyer, (pot, 2), (pan, 1))
    made = await client.post(ORDERS, headers=buyer.headers)
    assert made.status_code == 201
    body = made.json()
    assert made.headers["location"] == f"{ORDERS}/{body['id']}"
    assert re.fullmatch(r"\d{6}-[0-9A-HJKMNP-TV-Z]{5}", body["number"])
    assert (body["status"], body["total_minor"], body["currency"]) == ("pending", 4498, "EUR")
    assert [(one["name"], one["quantity"], one["line_total_minor"]) for one in body["lines"]] == [
        ("Pan", 1, 500),
        ("Pot", 2, 3998),
    ]
    [first] = body["history"]
    assert (first["from_status"], first["to_status"]) == (None, "pending")
    assert (await client.get(f"{ORDERS}/{body['id']}", headers=buyer.headers)).json() == body
    assert (await stock(session, pot), await stock(session, pan)) == (8, 9)
    moved = select(StockMovement.delta).where(StockMovement.order_id == body["id"])
    assert sorted(await session.scalars(moved)) == [-2, -1]
    empty = await client.post(ORDERS, headers=buyer.headers)
    assert (empty.status_code, empty.json()["code"]) == (409, "cart_empty")


async def test_b6_an_order_keeps_the_prices_and_names_it_had(
    client: httpx2.AsyncClient,
    buyer: SignedIn,
    manager: SignedIn,
    product: Product,
) -> None:
    made = await order(client, buyer, (product, 1))
    change = {"name": "Dearer", "price_minor": 99_999, "sku": "OTHER"}
    url = f"/api/v1/products/{product.id}"
    assert (await client.patch(url, json=change, headers=manager.headers)).status_code == 200
    shown = (await client.get(f"{ORDERS}/{made['id']}", headers=buyer.headers)).json()
    assert shown["lines"] == made["lines"]
    assert shown["total_minor"] == made["total_minor"]


async def test_b6_all_of_the_cart_or_nothing(
    client: httpx2.AsyncClient,
    buyer: SignedIn,
    make_product: MakeProduct,
    session: AsyncSession,
) -> None:
    plenty, scarce, gone = [await make_product(name) for name in ("Plenty", "Scarce", "Gone")]
    await fill(client, buyer, (plenty, 1), (scarce, 11), (gone, 1))
    gone.deleted_at = datetime.now(UTC)
    await session.commit()
    refused = await client.post(ORDERS, headers=buyer.headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "cart_not_orderable")
    assert refused.json()["errors"] == [
        {
            "field": f"lines.{gone.id}",
            "message": "Gone is no longer sold; take it out of the cart",
            "code": "unavailable",
        },
        {
            "field": f"lines.{scarce.id}",
            "message": "of Scarce there are 10; lower the quantity",
            "code": "not_enough_stock",
        },
    ]
    assert await stock(session, plenty) == 10
    cart = (await client.get("/api/v1/cart", headers=buyer.headers)).json()
    assert len(cart["lines"]) == 3
    assert await session.scalar(select(func.count()).select_from(Order)) == 0


async def test_b6_an_order_has_one_currency(
    client: httpx2.AsyncClient, buyer: SignedIn, make_product: MakeProduct
) -> None:
    euros, yen = await make_product(), await make_product(currency="JPY")
    await fill(client, buyer, (euros, 1), (yen, 1))
    refused = await client.post(ORDERS, headers=buyer.headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "mixed_currencies")


async def test_b6_nobody_pays_another_price_than_was_seen(
    client: httpx2.AsyncClient, buyer: SignedIn, product: Product, session: AsyncSession
) -> None:
    await fill(client, buyer, (product, 2))
    product.price_minor = 2500
    await session.commit()
    seen = {"expected_total_minor": 3998}
    refused = await client.post(ORDERS, json=seen, headers=buyer.headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "order_total_changed")
    assert "5000 EUR" in refused.json()["detail"]
    seen = {"expected_total_minor": 5000}
    assert (await client.post(ORDERS, json=seen, headers=buyer.headers)).status_code == 201


async def test_b6_a_taken_number_is_not_given_twice(
    client: httpx2.AsyncClient,
    buyer: SignedIn,
    product: Product,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn = iter(["261121-AAAAA", "261121-AAAAA", "261121-BBBBB"])
    monkeypatch.setattr(service, "_new_number", lambda: next(drawn))
    numbers = [(await order(client, buyer, (product, 1)))["number"] for _ in range(2)]
    assert numbers == ["261121-AAAAA", "261121-BBBBB"]


async def test_b6_an_order_costs_few_statements_however_long(
    client: httpx2.AsyncClient,
    buyer: SignedIn,
    make_product: MakeProduct,
    queries: QueryCounter,
) -> None:
    await fill(client, buyer, *[(await make_product(), 1) for _ in range(8)])
    with queries.at_most(8 + 13):  # one conditional UPDATE for each product
        assert (await client.post(ORDERS, headers=buyer.headers)).status_code == 201


# Each step that an order can take, and whether its goods go back onto the shelf.
STEPS = [(before, after) for before in OrderStatus for after in order_machine.following[before]]
WAY = {
    OrderStatus.PENDING: [],
    OrderStatus.PAID: ["paid"],
    OrderStatus.SHIPPED: ["paid", "shipped"],
    OrderStatus.DELIVERED: ["paid", "shipped", "delivered"],
    OrderStatus.CANCELLED: ["cancelled"],
    OrderStatus.REFUNDED: ["paid", "refunded"],
}


def test_b6_the_machine_is_the_one_that_was_meant() -> None:
    assert {(str(before), str(after)) for before, after in STEPS} == {
        ("pending", "paid"),
        ("pending", "cancelled"),
        ("paid", "shipped"),
        ("paid", "refunded"),
        ("shipped", "delivered"),
        ("shipped", "refunded"),
        ("delivered", "refunded"),
    }


async def taken(
    client: httpx2.AsyncClient,
    buyer: SignedIn,
    manager: SignedIn,
    product: Product,
    status: OrderStatus,
) -> dict[str, Any]:
    """An order that was taken to ``status``."""
    made = await order(client, buyer, (product, 1))
    for step in WAY[status]:
        answer = await advance(client, manager, made["id"], step)
        assert answer.status_code == 200, answer.text
        made = answer.json()
    assert made["status"] == status
    return made


@pytest.mark.parametrize(("before", "after"), STEPS)
async def test_b6_an_order_takes_the_steps_of_the_machine(
    client: httpx2.AsyncClient,
    buyer: SignedIn,
    manager: SignedIn,
    product: Product,
    before: OrderStatus,
    after: OrderStatus,
) -> None:
    made = await taken(client, buyer, manager, product, before)
    answer = await advance(client, manager, made["id"], after, note="because")
    assert answer.status_code == 200
    shown = (await client.get(f"{ORDERS}/{made['id']}", headers=buyer.headers)).json()
    assert shown == answer.json()
    assert (shown["status"], shown["revision"]) == (after, made["revision"] + 1)
    steps = [(one["from_status"], one["to_status"]) for one in shown["history"]]
    assert steps == list(pairwise([None, "pending", *WAY[before], after]))
    assert shown["history"][-1]["note"] == "because"


@pytest.mark.parametrize("before", OrderStatus)
async def test_b6_an_order_takes_no_other_step(
    client: httpx2.AsyncClient,
    buyer: SignedIn,
    manager: SignedIn,
    product: Product,
    before: OrderStatus,
) -> None:
    made = await taken(client, buyer, manager, product, before)
    for after in set(OrderStatus) - set(order_machine.following[before]):
        answer = await advance(client, manager, made["id"], after)
        assert (answer.status_code, answer.json()["code"]) == (409, "status_not_reachable")
    shown = await client.get(f"{ORDERS}/{made['id']}", headers=buyer.headers)
    assert shown.json() == made


@pytest.mark.parametrize(
    ("way", "left"),
    [
        (["cancelled"], 10),
        (["paid"], 7),
        (["paid", "refunded"], 10),
        (["paid", "shipped"], 7),
        (["paid", "shipped", "refunded"], 7),
        (["paid", "shipped", "delivered", "refunded"], 7),
    ],
)
async def test_b6_stock_returns_while_the_goods_are_here(
    client: httpx2.AsyncClient,
    buyer: SignedIn,
    manager: SignedIn,
    product: Product,
    session: AsyncSession,
    way: list[str],
    left: int,
) -> None:
    made = await order(client, buyer, (product, 3))
    product.deleted_at = datetime.now(UTC)  # what was sold may be archived since
    await session.commit()
    for status in way:
        assert (await advance(client, manager, made["id"], status)).status_code == 200
    assert await stock(session, product) == left
    moved = select(func.sum(StockMovement.delta)).where(StockMovement.product_id == product.id)
    assert await session.scalar(moved) == left


async def test_b6_buyers_cancel_their_own_while_it_is_pending(
    client: httpx2.AsyncClient,
    buyer: SignedIn,
    manager: SignedIn,
    product: Product,
    session: AsyncSession,
) -> None:
    first, second = [await order(client, buyer, (product, 2)) for _ in range(2)]
    url = f"{ORDERS}/{first['id']}/cancel"
    cancelled = await client.post(url, json={"note": "Wrong size"}, headers=buyer.headers)
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    assert cancelled.json()["history"][-1]["note"] == "Wrong size"
    assert await stock(session, product) == 8
    again = await client.post(url, headers=buyer.headers)
    assert (again.status_code, again.json()["code"]) == (409, "order_not_cancellable")
    assert await stock(session, product) == 8, "returned once"
    await advance(client, manager, second["id"], "paid")
    late = await client.post(f"{ORDERS}/{second['id']}/cancel", headers=buyer.headers)
    assert (late.status_code, late.json()["code"]) == (409, "order_not_cancellable")


async def test_b6_another_buyers_order_is_as_good_as_none(
    client: httpx2.AsyncClient, buyer: SignedIn, signed_in: SignIn, product: Product
) -> None:
    other = await signed_in()
    made = await order(client, buyer, (product, 1))
    assert (await client.get(ORDERS, headers=other.headers)).json()["items"] == []
    for method, path in (("GET", ""), ("POST", "/cancel")):
        answer = await client.request(method, f"{ORDERS}/{made['id']}{path}", headers=other.headers)
        assert answer.status_code == 404
    mine = await client.get(f"{ORDERS}?user_id={buyer.user.id}", headers=other.headers)
    assert mine.json()["items"] == []
    forbidden = await advance(client, buyer, made["id"], "paid")
    assert forbidden.status_code == 403


async def test_b6_managers_list_and_find_all_orders(
    client: httpx2.AsyncClient, manager: SignedIn, signed_in: SignIn, product: Product
) -> None:
    one, other = await signed_in(), await signed_in()
    first, second = await order(client, one, (product, 1)), await order(client, other, (product, 2))
    await advance(client, manager, first["id"], "paid")

    async def found(query: str) -> list[str]:
        answer = await client.get(f"{ORDERS}?{query}", headers=manager.headers)
        return [item["number"] for item in answer.json()["items"]]

    assert await found("") == [second["number"], first["number"]]
    assert await found("status=paid") == [first["number"]]
    assert await found("status__in=paid,pending&sort=total_minor") == [
        first["number"],
        second["number"],
    ]
    assert await found(f"number={second['number']}") == [second["number"]]
    assert await found(f"user_id={one.user.id}") == [first["number"]]
    assert await found("total_minor__gte=3000") == [second["number"]]
    own = await client.get(ORDERS, headers=one.headers)
    assert [item["number"] for item in own.json()["items"]] == [first["number"]]
    shown = await client.get(f"{ORDERS}/{second['id']}", headers=manager.headers)
    assert shown.status_code == 200

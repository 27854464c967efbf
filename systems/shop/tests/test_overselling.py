"""B6: stock is never oversold, and an order is made once, whoever comes at the same moment."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

import httpx2
import pytest
from people import MakeProduct, SignedIn, SignIn
from sqlalchemy import func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import CartLine, Order, OrderLine, OrderStatusChange, Product, StockMovement
from padstone.ids import new_id
from padstone.testing.servers import ServerProcess

StartServers = Callable[..., Awaitable[list[ServerProcess]]]

ORDERS = "/api/v1/orders"


async def put(session: AsyncSession, user_id: UUID, product_id: UUID, quantity: int = 1) -> None:
    line = {"id": new_id(), "user_id": user_id, "product_id": product_id, "quantity": quantity}
    await session.execute(insert(CartLine), [line])


async def books_are_right(session: AsyncSession) -> None:
    """Every product's stock is the sum of its movements, and every sale has its order line."""
    await session.commit()  # what others have committed since
    moved = (
        select(StockMovement.product_id, func.sum(StockMovement.delta).label("sum"))
        .group_by(StockMovement.product_id)
        .subquery()
    )
    wrong = select(Product.sku).join(moved, moved.c.product_id == Product.id)
    assert (await session.scalars(wrong.where(moved.c.sum != Product.stock))).all() == []
    sold = select(func.coalesce(func.sum(-StockMovement.delta), 0)).where(
        StockMovement.reason.in_(["sale", "cancellation"])
    )
    kept = (
        select(func.coalesce(func.sum(OrderLine.quantity), 0))
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.status != "cancelled")
    )
    assert await session.scalar(sold) == await session.scalar(kept)


async def post(
    client: httpx2.AsyncClient, path: str, who: SignedIn, **options: Any
) -> httpx2.Response:
    """Sends it under a key of its own, again while it may be tried again."""
    headers = {**who.headers, "Idempotency-Key": new_id().hex, **options.pop("headers", {})}
    while True:
        try:
            answer = await client.post(path, headers=headers, **options)
        except httpx2.TransportError:
            continue  # a busy machine; the key makes repeating safe
        in_flight = answer.status_code == 409 and "in_flight" in answer.json()["code"]
        if answer.status_code != 503 and not in_flight:
            return answer
        await asyncio.sleep(0.1)


@pytest.mark.committed
async def test_b6_200_buyers_at_two_servers_get_the_ten_that_there_are(
    server: StartServers, signed_in: SignIn, product: Product, session: AsyncSession
) -> None:
    servers = await server(processes=2)
    buyers = [await signed_in() for _ in range(200)]
    for buyer in buyers:
        await put(session, buyer.user.id, product.id)
    await session.commit()
    async with (
        httpx2.AsyncClient(base_url=servers[0].url, timeout=60) as one,
        httpx2.AsyncClient(base_url=servers[1].url, timeout=60) as other,
    ):
        answers = await asyncio.gather(
            *(post((one, other)[place % 2], ORDERS, buyer) for place, buyer in enumerate(buyers))
        )
    assert Counter(answer.status_code for answer in answers) == {201: 10, 409: 190}
    refusals = [answer.json() for answer in answers if answer.status_code == 409]
    assert {(one["code"], one["errors"][0]["message"]) for one in refusals} == {
        ("cart_not_orderable", "of Tea Pot there are 0; lower the quantity")
    }
    await books_are_right(session)
    stock = select(Product.stock).where(Product.id == product.id)
    assert await session.scalar(stock) == 0
    assert await session.scalar(select(func.count()).select_from(Order)) == 10
    left = await session.scalar(select(func.count()).select_from(CartLine))
    assert left == 190, "whoever got nothing still has the cart"


@pytest.mark.committed
async def test_b6_orders_of_the_same_products_do_not_wait_in_a_circle(
    client: httpx2.AsyncClient,
    signed_in: SignIn,
    make_product: MakeProduct,
    session: AsyncSession,
) -> None:
    """Carts that were filled in every order."""
    products = [await make_product(f"P{number}", stock=100) for number in range(5)]
    buyers = [await signed_in() for _ in range(20)]
    for place, buyer in enumerate(buyers):
        turned = [*products[place % 5 :], *products[: place % 5]]
        for one in turned if place % 2 else reversed(turned):
            await put(session, buyer.user.id, one.id)
    await session.commit()

    async def order(buyer: SignedIn) -> int:
        answer = await client.post(ORDERS, headers=buyer.headers)
        # What PostgreSQL says when it has cut a circle.
        assert "Too many changes" not in answer.text
        if answer.status_code == 503:  # the pool is full on a busy machine
            answer = await post(client, ORDERS, buyer)
        return int(answer.status_code)

    assert Counter(await asyncio.gather(*map(order, buyers))) == {201: 20}
    await books_are_right(session)


@pytest.mark.committed
async def test_b6_one_cart_is_ordered_once_from_two_devices(
    client: httpx2.AsyncClient, buyer: SignedIn, product: Product, session: AsyncSession
) -> None:
    await put(session, buyer.user.id, product.id, 2)
    await session.commit()
    # Two devices know nothing of each other's keys.
    answers = await asyncio.gather(*(post(client, ORDERS, buyer) for _ in range(8)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 7}
    assert {one.json()["code"] for one in answers if one.status_code == 409} == {"cart_empty"}
    await books_are_right(session)


@pytest.mark.committed
async def test_b6_one_key_is_one_order(
    client: httpx2.AsyncClient, buyer: SignedIn, product: Product, session: AsyncSession
) -> None:
    await put(session, buyer.user.id, product.id, 2)
    await session.commit()
    key = {"Idempotency-Key": "monday"}

    answers = await asyncio.gather(*(post(client, ORDERS, buyer, headers=key) for _ in range(40)))
    assert Counter(answer.status_code for answer in answers) == {201: 40}
    assert len({answer.content for answer in answers}) == 1
    other = await post(client, ORDERS, buyer, headers=key, json={"expected_total_minor": 1})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    await books_are_right(session)
    assert await session.scalar(select(func.count()).select_from(Order)) == 1


async def test_b6_a_refused_order_leaves_its_key_free(
    client: httpx2.AsyncClient, buyer: SignedIn, product: Product, session: AsyncSession
) -> None:
    headers = {**buyer.headers, "Idempotency-Key": "monday"}
    assert (await client.post(ORDERS, headers=headers)).status_code == 409
    await put(session, buyer.user.id, product.id)
    await session.commit()
    made = await client.post(ORDERS, headers=headers)
    again = await client.post(ORDERS, headers=headers)
    assert (made.status_code, again.content) == (201, made.content)
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["location"] == made.headers["location"]


@pytest.mark.committed
async def test_b6_of_steps_at_the_same_moment_one_is_taken(
    client: httpx2.AsyncClient,
    buyer: SignedIn,
    manager: SignedIn,
    product: Product,
    session: AsyncSession,
) -> None:
    """Paid by the manager and cancelled by the buyer: never both, and stock returns once."""
    for _ in range(4):
        await put(session, buyer.user.id, product.id)
        await session.commit()
        made = (await post(client, ORDERS, buyer)).json()
        url = f"{ORDERS}/{made['id']}"
        answers: Sequence[httpx2.Response] = await asyncio.gather(
            post(client, f"{url}/status", manager, json={"status": "paid"}),
            post(client, f"{url}/cancel", buyer),
            post(client, f"{url}/status", manager, json={"status": "cancelled"}),
            post(client, f"{url}/cancel", buyer),
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
        taken = select(func.count()).where(OrderStatusChange.order_id == made["id"])
        assert await session.scalar(taken) == 2
        await books_are_right(session)


@pytest.mark.committed
async def test_b6_nothing_in_the_database_lets_stock_go_below_nothing(
    session: AsyncSession, product: Product
) -> None:
    """Whatever the code does: PostgreSQL refuses it too."""
    with pytest.raises(Exception, match="ck_products_stock_not_negative"):
        await session.execute(text("UPDATE products SET stock = stock - 11"))

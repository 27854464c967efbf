"""B6: the cart, at the prices and with the stock of the moment."""

from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from people import MakeProduct, SignedIn, SignIn
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Product
from padstone.testing.running import Running

CART = "/api/v1/cart"


async def put(
    client: httpx2.AsyncClient, buyer: SignedIn, product: Product, quantity: Any
) -> httpx2.Response:
    return await client.put(
        f"{CART}/lines/{product.id}", json={"quantity": quantity}, headers=buyer.headers
    )


async def cart(client: httpx2.AsyncClient, buyer: SignedIn) -> dict[str, Any]:
    answer = await client.get(CART, headers=buyer.headers)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_b6_a_cart_is_filled_and_emptied(
    client: httpx2.AsyncClient, buyer: SignedIn, make_product: MakeProduct
) -> None:
    empty = {"lines": [], "totals": [], "can_be_ordered": False}
    assert await cart(client, buyer) == empty
    pot, pan = await make_product("Pot"), await make_product("Pan", price_minor=500)
    assert (await put(client, buyer, pot, 2)).status_code == 200
    filled = (await put(client, buyer, pan, 1)).json()
    assert filled == await cart(client, buyer)
    assert [(one["name"], one["line_total_minor"]) for one in filled["lines"]] == [
        ("Pot", 3998),
        ("Pan", 500),
    ]
    assert filled["totals"] == [{"amount_minor": 4498, "currency": "EUR"}]
    assert filled["can_be_ordered"] is True
    # The same again changes nothing; another quantity takes its place.
    assert (await put(client, buyer, pot, 2)).json() == filled
    assert (await put(client, buyer, pot, 1)).json()["lines"][0]["quantity"] == 1
    url = f"{CART}/lines/{pot.id}"
    left = await client.delete(url, headers=buyer.headers)
    assert [one["name"] for one in left.json()["lines"]] == ["Pan"]
    assert (await client.delete(url, headers=buyer.headers)).status_code == 404
    assert (await client.delete(CART, headers=buyer.headers)).status_code == 204
    assert await cart(client, buyer) == empty


async def test_b6_prices_and_stock_are_those_of_the_moment(
    client: httpx2.AsyncClient,
    buyer: SignedIn,
    manager: SignedIn,
    make_product: MakeProduct,
    session: AsyncSession,
) -> None:
    dearer, scarce, gone = [await make_product(name) for name in ("Dearer", "Scarce", "Gone")]
    for product in (dearer, scarce, gone):
        await put(client, buyer, product, 3)
    dearer.price_minor = 2500
    scarce.stock = 2
    gone.deleted_at = datetime.now(UTC)
    await session.commit()
    told = await cart(client, buyer)
    assert [
        (one["unit_price_minor"], one["availability"], one["in_stock"]) for one in told["lines"]
    ] == [(2500, "available", 10), (1999, "not_enough_stock", 2), (1999, "unavailable", 0)]
    assert told["totals"] == [{"amount_minor": 7500, "currency": "EUR"}]
    assert told["can_be_ordered"] is False


async def test_b6_two_currencies_are_two_totals(
    client: httpx2.AsyncClient, buyer: SignedIn, make_product: MakeProduct
) -> None:
    await put(client, buyer, await make_product(), 1)
    told = (await put(client, buyer, await make_product(currency="JPY", price_minor=700), 2)).json()
    assert told["totals"] == [
        {"amount_minor": 1999, "currency": "EUR"},
        {"amount_minor": 1400, "currency": "JPY"},
    ]
    assert told["can_be_ordered"] is False


async def test_b6_what_is_not_sold_comes_into_no_cart(
    client: httpx2.AsyncClient, buyer: SignedIn, manager: SignedIn, make_product: MakeProduct
) -> None:
    gone = await make_product(deleted_at=datetime.now(UTC))
    for who in (buyer, manager):
        assert (await put(client, who, gone, 1)).status_code == 404
    url = f"{CART}/lines/01890a5d-ac96-774b-bcce-b302099a8057"
    answer = await client.put(url, json={"quantity": 1}, headers=buyer.headers)
    assert answer.status_code == 404


@pytest.mark.parametrize("quantity", [0, -1, 10_001, 1.5, "2", None])
async def test_b6_other_quantities_are_refused(
    client: httpx2.AsyncClient, buyer: SignedIn, product: Product, quantity: Any
) -> None:
    answer = await put(client, buyer, product, quantity)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["body.quantity"]


async def test_b6_a_cart_holds_so_many_products(
    running: Running, buyer: SignedIn, make_product: MakeProduct
) -> None:
    settings = running.state["settings"].model_copy(update={"CART_MAX_LINES": 2})
    async with Running(running.app, {**running.state, "settings": settings}).client() as client:
        first = await make_product()
        for product in (first, await make_product()):
            assert (await put(client, buyer, product, 1)).status_code == 200
        third = await put(client, buyer, await make_product(), 1)
        assert (third.status_code, third.json()["code"]) == (409, "cart_full")
        assert (await put(client, buyer, first, 5)).status_code == 200


async def test_b6_everybody_has_a_cart_of_their_own(
    client: httpx2.AsyncClient, signed_in: SignIn, product: Product
) -> None:
    one, other = await signed_in(), await signed_in()
    await put(client, one, product, 1)
    assert (await cart(client, other))["lines"] == []
    url = f"{CART}/lines/{product.id}"
    assert (await client.delete(url, headers=other.headers)).status_code == 404
    assert len((await cart(client, one))["lines"]) == 1
    assert (await client.get(CART)).status_code == 401

"""B7 and C4: the shop's own settings, and what they decide."""

import httpx2
import pytest
from people import SignedIn, product_body
from pydantic import ValidationError

from app.core.config import Settings
from app.core.currencies import CURRENCIES
from app.models import Category
from padstone.testing.running import Running


@pytest.mark.parametrize("code", ["XXX", "eur", "EURO", "€"])
def test_b7_the_shops_currency_is_one_of_iso_4217(code: str) -> None:
    with pytest.raises((ValueError, ValidationError), match="CURRENCY"):
        Settings(CURRENCY=code)


def test_b7_the_currencies_are_codes() -> None:
    assert {"EUR", "USD", "JPY", "CHF", "GBP"} <= CURRENCIES
    assert all(len(code) == 3 and code.isupper() for code in CURRENCIES)


async def test_b7_a_price_without_a_currency_has_the_shops(
    running: Running, manager: SignedIn, shelf: Category
) -> None:
    settings = running.state["settings"].model_copy(update={"CURRENCY": "CHF"})
    async with Running(running.app, {**running.state, "settings": settings}).client() as client:
        answers: list[httpx2.Response] = [
            await client.post(
                "/api/v1/products",
                json=product_body(shelf.id, sku=f"A-{len(more)}", **more),
                headers=manager.headers,
            )
            for more in ({}, {"currency": "USD"})
        ]
    assert [answer.json()["currency"] for answer in answers] == ["CHF", "USD"]


def test_c1_the_default_port_is_8001() -> None:
    assert Settings.model_fields["PORT"].default == 8001

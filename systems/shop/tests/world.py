"""What only this system knows, for the tests that are the same in every system."""

import secrets
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

from app.core.security import Scope
from app.seed.catalogue import plant_categories, plant_products
from app.services.users import users
from padstone.auth.users import UserAdministration
from padstone.seed import Seeding
from padstone.testing.contract import Caller, row
from padstone.testing.contract import World as Contract

__all__ = ["World"]

_NUMBERS = count(1)


class World(Contract):
    """The shop: anybody may look, buyers order, managers keep what is everybody's."""

    open = frozenset(
        {"get_category", "get_health", "get_product", "list_categories", "list_products"}
    )
    shared = frozenset({"category_id", "product_id", "user_id", "advance_order"})
    bodies: ClassVar[dict[str, Any]] = {
        "adjust_product_stock": {"delta": 20, "reason": "delivery"},
    }
    values: ClassVar[dict[str, dict[str, Any]]] = {"products": {"currency": "EUR"}}
    other_keys: ClassVar[dict[str, str]] = {
        "login_attempts": "a keyed hash, so that no address is stored",
    }
    lists: ClassVar[dict[str, str | None]] = {
        "list_price_changes": "price_change",
        "list_stock_movements": "stock_movement",
    }

    async def variables(self) -> dict[str, str]:
        email, password = "someone@example.com", secrets.token_urlsafe(12)
        async with self.database.session() as session:
            # The sample catalogue, which a test's environment does not get by itself.
            seeding = Seeding(session, self.settings, Path("/nonexistent"))
            await plant_categories(seeding)
            await plant_products(seeding)
            people = UserAdministration.apart(session, users, self.settings)
            hashed = await people.hashed(password, email)
            await people.create(email, password_hash=hashed)
        manager = await self.callers.able([Scope.CATALOG_WRITE])
        admin = await self.callers.able([Scope.USERS_MANAGE])
        return {
            "EMAIL": email,
            "PASSWORD": password,
            "MANAGER": manager.secret,
            "ADMIN": admin.secret,
        }

    @row
    async def order_id(self, caller: Caller) -> str:
        product = await self.another("product_id", caller, {})
        manager = await self.callers.mightiest()
        await self.stock_movement(manager, product)
        line = self.operations["set_cart_line"]
        await self.call(line, caller, rows={"product_id": product}, json={"quantity": 1})
        answer = await self.call(self.operations["create_order"], caller, json={})
        return str(answer.json()["id"])

    @row
    async def user_id(self, _: Caller) -> str:
        return str((await self.callers.able(())).subject)

    @row
    async def price_change(self, caller: Caller, product_id: str) -> str:
        price = {"price_minor": 5000 + next(_NUMBERS)}
        change = self.operations["update_product"]
        return (await self.call(change, caller, rows={"product_id": product_id}, json=price)).text

    @row
    async def stock_movement(self, caller: Caller, product_id: str) -> str:
        adjust = self.operations["adjust_product_stock"]
        return (await self.call(adjust, caller, rows={"product_id": product_id})).text

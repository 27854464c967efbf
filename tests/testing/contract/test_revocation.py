"""Tables whose changes nobody would hear of."""

from typing import Any

import pytest
from sqlalchemy import text

from padstone.auth import CHANNEL
from padstone.migrations.triggers import drop_notify_sql, notify_sql
from padstone.testing.contract import World, revocation

check = revocation.test_promise_29_changes_of_credentials_are_told


async def altered(world: World, statements: list[str]) -> None:
    async with world.database.session() as session:
        for statement in statements:
            await session.execute(text(statement))


async def test_told_as_it_should_be(make_world: Any) -> None:
    async with make_world() as world:
        await check(world)


@pytest.mark.parametrize("table", ["api_keys", "accounts"])
async def test_nothing_is_told(make_world: Any, table: str) -> None:
    async with make_world() as world:
        await altered(world, drop_notify_sql(table, CHANNEL)[:1])
        with pytest.raises(AssertionError, match=f"No trigger of {table} tells of .*create_notify"):
            await check(world)


async def test_not_all_is_told(make_world: Any) -> None:
    async with make_world() as world:
        await altered(world, drop_notify_sql("accounts", CHANNEL)[:1])
        await altered(world, notify_sql("accounts", CHANNEL, "id", on=["email"]))
        with pytest.raises(AssertionError, match="No trigger of accounts tells of deleted_at, so"):
            await check(world)

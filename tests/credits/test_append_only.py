from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from padstone.credits import create_append_only, drop_append_only, permit_erasure
from padstone.db import sqlstate_of


async def refused(books: Any, statement: str, *, erasing: bool = False) -> None:
    async with books.database.session() as session:
        if erasing:
            await permit_erasure(session)
        with pytest.raises(DBAPIError, match="rows are only ever added") as caught:
            await session.execute(text(statement))
        await session.rollback()
    assert sqlstate_of(caught.value) == "23001"


async def test_a7_entries_are_never_changed(books: Any, account_id: UUID) -> None:
    for statement in (
        "UPDATE credit_entries SET amount_micros = 1, delta_micros = 1",
        "DELETE FROM credit_entries",
        "DELETE FROM accounts",
        "TRUNCATE credit_entries",
        "TRUNCATE accounts CASCADE",
    ):
        await refused(books, statement)
    assert len(await books.entries(account_id)) == 1


async def test_a7_an_account_can_be_erased(books: Any, account_id: UUID) -> None:
    other = await books.account(funds=5)
    async with books.database.session() as session:
        await permit_erasure(session)
        await session.execute(text("DELETE FROM accounts WHERE id = :id"), {"id": account_id})
    assert await books.entries(account_id) == []
    assert len(await books.entries(other)) == 1
    # The permission ends with its transaction, though the connection goes back into the pool.
    for _ in range(3):
        await refused(books, "DELETE FROM credit_entries")


async def test_a7_erasing_is_no_licence_to_change(books: Any, account_id: UUID) -> None:
    await refused(books, "UPDATE credit_entries SET reference = ''", erasing=True)
    await refused(books, "TRUNCATE credit_entries", erasing=True)


async def test_c2_the_trigger_goes_with_its_last_table(books: Any) -> None:
    functions = "SELECT count(*) FROM pg_proc WHERE proname = 'padstone_append_only'"

    def revise(connection: Connection, revision: Callable[[str], None], table: str) -> None:
        with Operations.context(MigrationContext.configure(connection)):
            revision(table)

    async with books.database.engine.begin() as connection:
        await connection.execute(text("CREATE TABLE other (id int)"))
        await connection.run_sync(revise, create_append_only, "other")
        await connection.run_sync(revise, drop_append_only, "credit_entries")
    assert await books.one(functions) == 1
    async with books.database.engine.begin() as connection:
        await connection.run_sync(revise, drop_append_only, "other")
    assert await books.one(functions) == 0

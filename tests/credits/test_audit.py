from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from padstone.credits import Discrepancy, audit

MakeHold = Callable[..., Awaitable[Any]]


async def audited(books: Any) -> list[Discrepancy]:
    async with books.database.read_session() as session:
        return await audit(session, books.ledger)


async def tamper(books: Any, statement: str) -> None:
    async with books.database.session() as session:
        await session.execute(text("ALTER TABLE credit_entries DISABLE TRIGGER USER"))
        await session.execute(text(statement))
        await session.execute(text("ALTER TABLE credit_entries ENABLE TRIGGER USER"))


async def test_2_honest_books_add_up(books: Any, account_id: UUID, hold: MakeHold) -> None:
    captured, released, _open = await hold(10), await hold(20), await hold(30)
    await books.do("capture", account_id, captured.id, 4, key="c")
    await books.do("release", account_id, released.id)
    debit = await books.do("debit", account_id, 5, key="d")
    await books.do("refund", account_id, debit.id, 5, key="r")
    await books.account()
    assert await audited(books) == []


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE accounts SET credits_balance_micros = 61", (61, 60, 40, 40, 0)),
        ("UPDATE credit_holds SET amount_micros = 41", (60, 60, 41, 40, 0)),
        ("DELETE FROM credit_holds", (60, 60, 0, 40, 0)),
        ("DELETE FROM credit_entries WHERE kind = 'grant'", (60, -40, 40, 40, 1)),
        (
            "UPDATE credit_entries SET amount_micros = 41, delta_micros = -41 WHERE kind = 'hold'",
            (60, 59, 40, 41, 1),
        ),
        (
            "UPDATE credit_entries SET balance_after_micros = 101 WHERE kind = 'grant'",
            (60, 60, 40, 40, 2),
        ),
        ("DELETE FROM credit_entries", (60, 0, 40, 0, 0)),
    ],
)
async def test_2_cooked_books_are_found(
    books: Any, account_id: UUID, hold: MakeHold, statement: str, found: tuple[int, ...]
) -> None:
    await hold(40, lifetime=timedelta(hours=1))
    await tamper(books, statement)
    assert await audited(books) == [Discrepancy(account_id, *found)]

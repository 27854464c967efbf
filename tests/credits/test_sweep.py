import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import structlog.testing
from sqlalchemy import text

from padstone.credits import Ledger, Swept, audit, sweep

HOUR = timedelta(hours=1)
MakeHold = Callable[..., Awaitable[Any]]


async def test_5_an_overdue_hold_is_released_once(
    books: Any, account_id: UUID, hold: MakeHold
) -> None:
    await hold(40, lifetime=HOUR)
    await hold(10, lifetime=3 * HOUR)
    assert await sweep(books.database, books.ledger) == Swept(0, 0)
    await books.pass_time(2 * HOUR)
    assert await sweep(books.database, books.ledger) == Swept(1, 0)
    assert await sweep(books.database, books.ledger) == Swept(0, 0)
    assert await books.balance(account_id) == 90


async def test_5_an_overdue_hold_can_be_captured_until_then(
    books: Any, account_id: UUID, hold: MakeHold
) -> None:
    held = await hold(40, lifetime=HOUR)
    await books.pass_time(2 * HOUR)
    await books.do("capture", account_id, held.id, 40, key="late")
    assert await sweep(books.database, books.ledger) == Swept(0, 0)


async def test_5_sweepers_that_race_release_each_hold_once(books: Any) -> None:
    accounts = [await books.account(funds=100) for _ in range(10)]
    for account in accounts:
        for number in range(5):
            await books.do("hold", account, 10, key=f"h{number}", lifetime=HOUR)
    await books.pass_time(2 * HOUR)
    swept = await asyncio.gather(*(sweep(books.database, books.ledger) for _ in range(8)))
    # An account that somebody else was at is left for the next time.
    swept.append(await sweep(books.database, books.ledger))
    assert sum(result.released for result in swept) == 50
    assert {await books.balance(account) for account in accounts} == {100}
    async with books.database.session() as session:
        assert await audit(session, books.ledger) == []


async def test_a7_what_is_left_of_a_grant_expires(books: Any) -> None:
    account = await books.account(funds=50)
    later = datetime.now(UTC) + HOUR
    grant = await books.do("grant", account, 30, key="promo", expires_at=later)
    await books.do("grant", account, 20, key="longer", expires_at=later + HOUR)
    await books.do("debit", account, 12, key="d")
    assert await sweep(books.database, books.ledger) == Swept(0, 0)
    await books.pass_time(1.5 * HOUR)
    assert await sweep(books.database, books.ledger) == Swept(0, 1)
    assert await sweep(books.database, books.ledger) == Swept(0, 0)
    assert (await books.entries(account))[-1] == ("expire", -18, 70)
    source = await books.one("SELECT source_id FROM credit_entries WHERE kind = 'expire'")
    assert source == grant.id
    await books.pass_time(HOUR)
    assert await sweep(books.database, books.ledger) == Swept(0, 1)
    assert await books.balance(account) == 50
    nothing_more = "SELECT credits_expire_at IS NULL FROM accounts WHERE id = :id"
    assert await books.one(nothing_more, account) is True


async def test_a7_a_grant_that_is_spent_expires_in_silence(books: Any) -> None:
    account = await books.account()
    await books.do("grant", account, 30, key="promo", expires_at=datetime.now(UTC) + HOUR)
    await books.do("debit", account, 30, key="d")
    await books.pass_time(2 * HOUR)
    assert await sweep(books.database, books.ledger) == Swept(0, 0)
    assert await books.one("SELECT count(*) FROM accounts WHERE credits_expire_at IS NOT NULL") == 0


async def test_a7_the_soonest_expiry_is_the_one_to_wait_for(books: Any) -> None:
    account = await books.account()
    soon = datetime.now(UTC) + HOUR
    for number, expires_at in enumerate((soon + HOUR, soon, None, soon + 2 * HOUR)):
        await books.do("grant", account, 1, key=f"g{number}", expires_at=expires_at)
    query = "SELECT credits_expire_at FROM accounts WHERE id = :id"
    assert await books.one(query, account) == soon


async def test_a7_sweepers_that_race_expire_each_grant_once(books: Any) -> None:
    later = datetime.now(UTC) + HOUR
    accounts = [await books.account(funds=1) for _ in range(5)]
    for account in accounts:
        for number in range(3):
            await books.do("grant", account, 10, key=f"g{number}", expires_at=later)
    await books.pass_time(2 * HOUR)
    spending = [books.do("debit", account, 1, key="last") for account in accounts]
    swept = await asyncio.gather(
        *(sweep(books.database, books.ledger) for _ in range(8)), *spending
    )
    assert sum(result.expired for result in swept[:8]) == 15
    async with books.database.session() as session:
        assert await audit(session, books.ledger) == []


async def test_a7_what_is_spent_at_the_last_moment_does_not_expire(books: Any) -> None:
    account = await books.account()
    later = datetime.now(UTC) + HOUR
    await books.do("grant", account, 30, key="promo", expires_at=later)
    await books.pass_time(2 * HOUR)
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    async with books.database.session() as session:
        await books.ledger.debit(session, account, 20, key="last")
        sweeping = asyncio.create_task(sweep(books.database, books.ledger))
        async with asyncio.timeout(30):
            while not await books.one(waiting + " AND datname = current_database()"):
                await asyncio.sleep(0.01)
    assert await sweeping == Swept(0, 1)
    assert (await books.entries(account))[-1] == ("expire", -10, 0)


async def test_a7_a_long_ledger_is_read_in_parts(
    books: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("padstone.credits.journal._BATCH", 2)
    account = await books.account(funds=100)
    later = datetime.now(UTC) + HOUR
    await books.do("grant", account, 50, key="promo", expires_at=later)
    for number in range(7):
        await books.do("debit", account, 1, key=f"d{number}")
    await books.pass_time(2 * HOUR)
    assert await sweep(books.database, books.ledger) == Swept(0, 1)
    assert await books.balance(account) == 100


async def test_5_a_deleted_accounts_holds_are_released_too(
    books: Any, account_id: UUID, hold: MakeHold
) -> None:
    await hold(40, lifetime=HOUR)
    async with books.database.session() as session:
        await session.execute(text("UPDATE accounts SET deleted_at = now()"))
    await books.pass_time(2 * HOUR)
    assert await sweep(books.database, books.ledger) == Swept(1, 0)


async def test_5_the_work_of_one_turn_is_bounded(
    books: Any, account_id: UUID, hold: MakeHold
) -> None:
    for number in range(3):
        await hold(1, key=f"h{number}", lifetime=HOUR)
    await books.pass_time(2 * HOUR)
    assert await sweep(books.database, books.ledger, limit=2) == Swept(2, 0)
    assert await sweep(books.database, books.ledger, limit=2) == Swept(1, 0)


async def test_5_what_fails_keeps_nothing_else_waiting(
    books: Any, account_id: UUID, hold: MakeHold, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, fine = await hold(40, lifetime=HOUR), await hold(10, lifetime=2 * HOUR)
    other = await books.account()
    promo = {"expires_at": datetime.now(UTC) + HOUR}
    await books.do("grant", account_id, 5, key="promo", **promo)
    await books.do("grant", other, 5, key="promo", **promo)
    release, expire = Ledger.release, Ledger.expire

    async def bad_release(self: Any, session: Any, account: UUID, hold_id: UUID) -> Any:
        await release(self, session, account, hold_id)
        if hold_id == broken.id:
            raise ArithmeticError
        return None

    async def bad_expire(self: Any, session: Any, account_id: UUID) -> Any:
        if account_id == other:
            raise ArithmeticError
        return await expire(self, session, account_id)

    monkeypatch.setattr(Ledger, "release", bad_release)
    monkeypatch.setattr(Ledger, "expire", bad_expire)
    await books.pass_time(3 * HOUR)
    with structlog.testing.capture_logs() as lines:
        assert await sweep(books.database, books.ledger) == Swept(1, 1)
    assert [line["event"] for line in lines] == ["hold not released", "grants not expired"]
    monkeypatch.undo()
    assert await sweep(books.database, books.ledger) == Swept(1, 1)
    assert await books.balance(account_id) == 100
    assert fine.id != broken.id

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from metered import Books, Call, ledger
from padstone.credits import InsufficientCreditsError, sweep
from padstone.db import Database
from padstone.errors import NotFoundError
from padstone.ids import new_id
from padstone.metering import Price, Settled
from padstone.providers import Usage


async def test_e7_what_was_reserved_is_settled_by_the_truth(books: Books) -> None:
    reserved = await books.reserve(100, 100)
    assert reserved.reserved_micros == 300
    assert await books.balance() == 9_700
    assert await books.settle(reserved, 10, 20) == Settled(50, 0)
    assert await books.balance() == 9_950
    call = await books.call(reserved)
    assert (call.status, call.charged_micros, call.prompt_tokens, call.completion_tokens) == (
        "settled",
        50,
        10,
        20,
    )
    assert call.ended_at is not None
    assert await books.adds_up()


async def test_e7_nothing_written_costs_nothing(books: Books) -> None:
    reserved = await books.reserve()
    assert await books.settle(reserved, 100, 0) == Settled(0, 0)
    assert await books.balance() == 10_000
    assert (await books.call(reserved)).status == "released"
    assert await books.adds_up()


async def test_e7_a_call_is_settled_once(books: Books) -> None:
    reserved = await books.reserve()
    results = await asyncio.gather(*(books.settle(reserved, 10, 20) for _ in range(5)))
    assert sorted(results, key=str) == [None] * 4 + [Settled(50, 0)]
    assert await books.balance() == 9_950


async def test_e7_what_the_balance_does_not_cover_is_not_begun(books: Books) -> None:
    with pytest.raises(InsufficientCreditsError):
        await books.reserve(10_000, 1)
    assert await books.balance() == 10_000
    async with books.database.read_session() as session:
        assert (await session.scalars(select(Call))).all() == []


async def test_e7_nobody_pays_more_than_was_reserved(books: Books) -> None:
    reserved = await books.reserve(10, 10)
    assert await books.settle(reserved, 10, 1_000_000) == Settled(30, 1_999_980)
    assert await books.balance() == 9_970
    call = await books.call(reserved)
    assert (call.charged_micros, call.uncovered_micros) == (30, 1_999_980)


async def test_e7_what_is_free_is_noted_and_held_nowhere(books: Books) -> None:
    reserved = await books.reserve(price=Price(0, 0))
    assert reserved.reserved_micros == 0
    assert await books.settle(reserved, 10, 20) == Settled(0, 0)
    assert (await books.call(reserved)).completion_tokens == 20
    assert await books.balance() == 10_000


async def test_e7_a_call_is_paid_at_the_price_with_which_it_began(books: Books) -> None:
    reserved = await books.reserve(10, 10, Price(5_000_000, 0))
    assert await books.settle(reserved, 2, 1) == Settled(10, 0)


async def test_e7_a_hold_that_was_released_meanwhile_is_still_owed(database: Database) -> None:
    from metered import create_tables

    await create_tables(database)
    books = await Books.open(database, lifetime=timedelta(0))
    owed, unpaid = await books.reserve(), await books.reserve(3_000, 3_000)
    assert (await sweep(database, ledger)).released == 2
    assert await books.balance() == 10_000
    assert await books.settle(owed, 10, 20) == Settled(50, 0)
    async with database.session() as session:
        await ledger.debit(session, books.account_id, 9_900, key="elsewhere")
    assert await books.settle(unpaid, 1_000, 10) == Settled(0, 1_020)
    assert await books.balance() == 50
    assert await books.adds_up()


async def test_e7_a_call_of_an_account_that_is_gone_is_nobodys(books: Books) -> None:
    reserved = await books.reserve()
    async with books.database.session() as session:
        await session.execute(text("SELECT set_config('padstone.erasing', 'on', true)"))
        await session.execute(text("DELETE FROM accounts"))
    assert await books.settle(reserved, 10, 20) is None


async def test_e7_nobody_reserves_for_a_stranger(books: Books) -> None:
    books.account_id = new_id()
    with pytest.raises(NotFoundError):
        await books.reserve()


async def note(books: Books, *used: tuple[object, int, int]) -> None:
    noted = [
        (one.id, Usage(prompt_tokens=prompt, completion_tokens=completion))  # type: ignore[attr-defined]  # a Reservation
        for one, prompt, completion in used
    ]
    async with books.database.session() as session:
        await books.meter.meter.note(session, noted)


async def test_p5_what_a_dead_process_left_is_settled_by_what_it_noted(books: Books) -> None:
    begun, silent, alive, done = [await books.reserve() for _ in range(4)]
    await note(books, (begun, 10, 20), (alive, 1, 1), (done, 5, 5))
    await books.settle(done, 10, 30)
    for one in (begun, silent, done):
        await books.age(one)
    assert await books.meter.reconcile() == 2
    assert await books.meter.reconcile() == 0
    rows = [await books.call(one) for one in (begun, silent, alive, done)]
    assert [(row.status, row.charged_micros) for row in rows] == [
        ("settled", 50),
        ("released", 0),
        ("open", 0),
        ("settled", 70),
    ]
    assert await books.balance() == 10_000 - 50 - 300 - 70
    assert await books.adds_up()


async def test_p5_many_reconcile_each_call_once(books: Books) -> None:
    left = [await books.reserve(10, 10) for _ in range(20)]
    await note(books, *((one, 1, 1) for one in left))
    for one in left:
        await books.age(one)
    counts = await asyncio.gather(*(Books.reconcile_apart(books) for _ in range(4)))
    assert sum(counts) == 20
    assert await books.balance() == 10_000 - 20 * 3
    assert await books.adds_up()


async def test_p5_a_word_keeps_a_call(books: Books) -> None:
    reserved = await books.reserve()
    await books.age(reserved)
    await note(books, (reserved, 3, 4))
    assert await books.meter.reconcile() == 0
    call = await books.call(reserved)
    assert (call.prompt_tokens, call.completion_tokens, call.is_estimate) == (3, 4, False)


async def test_p5_who_comes_too_late_charges_nothing(books: Books) -> None:
    reserved = await books.reserve()
    await note(books, (reserved, 10, 20))
    await books.age(reserved)
    assert await books.meter.reconcile() == 1
    assert await books.settle(reserved, 10, 40) is None
    await note(books, (reserved, 10, 50))
    assert await books.balance() == 9_950
    assert (await books.call(reserved)).completion_tokens == 20

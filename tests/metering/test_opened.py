import asyncio
import random
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import pytest
from sqlalchemy import func, select

from metered import Books, Call, chunks_of, create_tables, words
from padstone.db import Database
from padstone.metering import Bounds, OpenedMeter, TooManyCallsError
from padstone.providers import ChatChunk, Delta, Usage


async def held(gate: asyncio.Event, *rest: ChatChunk) -> AsyncGenerator[ChatChunk]:
    """A provider that says four letters, and the rest when the gate opens."""
    yield ChatChunk.of(Delta(content="abcd"))
    await gate.wait()
    for chunk in rest:
        yield chunk


TOLD = Usage(prompt_tokens=10, completion_tokens=20)


async def test_e7_forty_streams_cut_anywhere_are_settled_to_the_micro(books: Books) -> None:
    chance = random.Random(7)  # noqa: S311  # the same cuts each time
    total = 0

    async def cut(cost: Usage) -> None:
        reserved = await books.reserve(20, 40)
        said = [str(number) for number in range(cost.completion_tokens)]
        answer = chunks_of(*words(*said, usage=cost))
        pump = books.meter.pump(reserved, answer, prompt_tokens=1)
        async with aclosing(pump.read()) as chunks:
            for _ in range(chance.randrange(cost.completion_tokens)):
                await anext(chunks)

    for _ in range(8):
        costs = [
            Usage(prompt_tokens=chance.randrange(20), completion_tokens=chance.randrange(1, 40))
            for _ in range(5)
        ]
        total += sum(cost.prompt_tokens + 2 * cost.completion_tokens for cost in costs)
        await asyncio.gather(*(cut(cost) for cost in costs))
    await books.meter.drain(10)
    async with books.database.read_session() as session:
        rows = (
            await session.execute(select(Call.status, func.count()).group_by(Call.status))
        ).all()
    assert [tuple(row) for row in rows] == [("settled", 40)]
    assert await books.balance() == 10_000 - total
    assert await books.adds_up()


async def test_e7_no_connection_is_held_while_a_model_answers(books: Books) -> None:
    gate = asyncio.Event()
    pumps = []
    for _ in range(10):
        reserved = await books.reserve()
        pumps.append(books.meter.pump(reserved, held(gate), prompt_tokens=1))
    readers = [pump.read() for pump in pumps]
    for reader in readers:
        await anext(reader)
    assert books.database.pool_status()["in_use"] == 0
    assert books.meter.open_calls == 10
    gate.set()
    await books.meter.drain(10)
    assert books.meter.open_calls == 0
    for reader in readers:
        await reader.aclose()


async def test_the_books_take_few_connections(database: Database) -> None:
    await create_tables(database)
    books = await Books.open(database, connections=1)
    most = 0

    async def reserve() -> None:
        nonlocal most
        async with books.meter.session() as session:
            await session.connection()
            most = max(most, books.database.pool_status()["in_use"])

    await asyncio.gather(*(reserve() for _ in range(10)))
    assert most == 1


async def test_p5_whoever_waits_to_begin_keeps_nobody_from_the_books(books: Books) -> None:
    gate = asyncio.Event()
    reading, ending, left = [await books.reserve() for _ in range(3)]
    books.meter.pump(reading, held(gate), prompt_tokens=7)
    for one in (reading, left):
        await books.age(one)

    async def hold() -> None:
        async with books.meter.session():
            await gate.wait()

    waiting = [asyncio.create_task(hold()) for _ in range(10)]
    await asyncio.sleep(0)
    await books.meter.note()
    assert await books.meter.reconcile() == 1
    await books.meter.release(ending)
    assert [(await books.call(one)).status for one in (reading, ending, left)] == [
        "open",
        "released",
        "released",
    ]
    gate.set()
    await asyncio.gather(*waiting)
    await books.meter.drain(10)


async def test_no_more_calls_are_taken_than_it_can_read(database: Database) -> None:
    await create_tables(database)
    books = await Books.open(database, most=1)
    gate = asyncio.Event()
    books.meter.pump(await books.reserve(), held(gate, *words(usage=TOLD)), prompt_tokens=1)
    with pytest.raises(TooManyCallsError):
        await books.reserve()
    gate.set()
    await books.meter.drain(10)
    await books.reserve()


async def test_p5_what_is_being_read_is_noted(books: Books) -> None:
    gate = asyncio.Event()
    reserved = await books.reserve()
    pump = books.meter.pump(reserved, held(gate, *words(usage=TOLD)), prompt_tokens=7)
    async with aclosing(pump.read()) as chunks:
        await anext(chunks)
        await books.age(reserved)
        await books.meter.note()
        call = await books.call(reserved)
        assert (call.status, call.prompt_tokens, call.completion_tokens) == ("open", 7, 1)
        assert call.is_estimate
        assert await books.meter.reconcile() == 0
    gate.set()
    await books.meter.drain(10)
    assert (await books.call(reserved)).charged_micros == 50


async def test_what_cannot_be_settled_is_settled_later(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle = books.meter.meter.settle
    failing = True

    async def fail(*arguments: Any) -> Any:
        if failing:
            raise ConnectionError
        return await settle(*arguments)

    monkeypatch.setattr(books.meter.meter, "settle", fail)
    reserved = await books.reserve()
    pump = books.meter.pump(reserved, chunks_of(*words(usage=TOLD)), prompt_tokens=1)
    await pump.task
    await books.meter.note()
    call = await books.call(reserved)
    assert (call.status, call.completion_tokens) == ("open", 20)  # another process would know
    failing = False
    await books.meter.note()
    assert (await books.call(reserved)).charged_micros == 50
    await books.meter.note()
    assert await books.balance() == 9_950


async def test_a_call_that_is_not_made_costs_nothing(books: Books) -> None:
    reserved = await books.reserve()
    await books.meter.release(reserved)
    assert (await books.call(reserved)).status == "released"
    assert await books.balance() == 10_000


async def test_draining_waits_for_the_truth(books: Books) -> None:
    gate = asyncio.Event()
    reserved = await books.reserve()
    books.meter.pump(reserved, held(gate, *words(usage=TOLD)), prompt_tokens=1)
    draining = asyncio.create_task(books.meter.drain(60))
    await asyncio.sleep(0)
    gate.set()
    await draining
    assert (await books.call(reserved)).charged_micros == 50


async def test_draining_ends_and_pays_what_has_passed(books: Books) -> None:
    reserved = await books.reserve()
    books.meter.pump(reserved, held(asyncio.Event()), prompt_tokens=10)
    await books.meter.drain(0.05)
    call = await books.call(reserved)
    assert (call.status, call.charged_micros, call.is_estimate) == ("settled", 12, True)


async def test_draining_settles_what_could_not_be(books: Books) -> None:
    reserved = await books.reserve()
    books.meter._unsettled[reserved.id] = TOLD
    await books.meter.drain(0)
    assert (await books.call(reserved)).charged_micros == 50


async def test_nothing_is_asked_where_nothing_is_open(blank_database: str) -> None:
    from padstone.settings import DatabaseSettings

    # The tables are not even there.
    database = Database(DatabaseSettings(DATABASE_URL=blank_database, DATABASE_POOL_MIN_SIZE=0))
    meter = OpenedMeter((await _no_books()), database)
    await meter.note()
    await meter.drain(0)
    await database.close()


async def _no_books() -> Any:
    from metered import ledger
    from padstone.metering import Meter

    return Meter(ledger, Call, bounds=Bounds())

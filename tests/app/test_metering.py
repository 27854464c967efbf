"""The meter as the application opens, repeats and ends it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, ClassVar

import httpx2
import pytest_asyncio
from fastapi import APIRouter

from metered import Books, Call, create_tables, ledger
from padstone.app import Application
from padstone.app.metering import meter_upkeep
from padstone.db import Database
from padstone.metering import Meter, MeterDep
from padstone.providers import ChatChunk, Delta
from padstone.settings import DatabaseSettings
from padstone.testing.running import Running, run

MakeApp = Callable[..., Application]
router = APIRouter()


class Settings(DatabaseSettings):
    SYSTEM: ClassVar[str] = "metered"


@router.get("/open")
async def count_open(meter: MeterDep) -> int:
    return meter.open_calls


@pytest_asyncio.fixture
async def start(make_app: MakeApp, database: Database, blank_database: str) -> Any:
    await create_tables(database)

    @asynccontextmanager
    async def started(**settings: Any) -> AsyncIterator[tuple[Running, Books]]:
        own = Settings(DATABASE_URL=blank_database, DATABASE_POOL_MIN_SIZE=0, **settings)
        app = make_app(router, settings=own, meter=Meter(ledger, Call))
        async with run(app, own) as running:
            books = await Books.open(running.state["database"])
            books.meter = running.state["meter"]
            yield running, books

    return started


async def endless() -> AsyncGenerator[ChatChunk]:
    yield ChatChunk.of(Delta(content="abcd"))
    await asyncio.Event().wait()


async def test_a_route_finds_it(start: Any) -> None:
    async with start() as (running, _), running.client() as client:
        answer: httpx2.Response = await client.get("/open")
        assert answer.json() == 0


async def test_what_is_open_is_settled_before_the_database_is_closed(
    start: Any, database: Database
) -> None:
    async with start(SHUTDOWN_GRACE_SECONDS=0.1) as (_, books):
        reserved = await books.reserve()
        books.meter.pump(reserved, endless(), prompt_tokens=10)
    books.database = database
    call = await books.call(reserved)
    assert (call.status, call.charged_micros) == ("settled", 12)


async def test_reading_ends_in_time_once_the_process_is_asked_to(start: Any) -> None:
    async with start(SHUTDOWN_GRACE_SECONDS=0.1) as (running, books):
        pump = books.meter.pump(await books.reserve(), endless(), prompt_tokens=10)
        running.state["shutdown"].ask()
        await pump.task
        assert books.meter.open_calls == 0


async def test_its_work_is_repeated(start: Any) -> None:
    async with start() as (running, books):
        left = await books.reserve()
        await books.age(left)
        periodic = meter_upkeep(books.meter.meter)
        assert [one.every for one in periodic] == [5.0, 10.0]
        for one in periodic:
            await one.work(running.state)
        assert (await books.call(left)).status == "released"

"""A table of events, and a client of streams."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from sqlalchemy.orm import DeclarativeBase
from starlette.types import Message

from padstone.db import Database, Listener
from padstone.events import EventColumns, EventLog, EventStream, Follower
from padstone.models import TableBase, new_metadata
from padstone.settings import DatabaseSettings, Settings
from padstone.shutdown import Shutdown


class Base(DeclarativeBase, TableBase):
    metadata = new_metadata()


class RunEvent(Base, EventColumns):
    __tablename__ = "run_events"


LOG = EventLog(RunEvent, terminal={"finished", "failed"})


class Wire:
    """The server and the client of one stream, as the application sees them."""

    def __init__(self) -> None:
        self.head: Message = {}
        self.pieces: list[bytes] = []
        self.is_complete = False
        self.takes = asyncio.Event()
        self.takes.set()
        self._gone = asyncio.Event()
        self._news = asyncio.Event()

    async def receive(self) -> Message:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.head = message
            return
        await self.takes.wait()
        self.pieces.append(message["body"])
        self.is_complete = not message["more_body"]
        self._news.set()

    def leave(self) -> None:
        self._gone.set()

    @property
    def text(self) -> str:
        return b"".join(self.pieces).decode()

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.head["headers"]}

    async def until(self, text: str, count: int = 1) -> None:
        async with asyncio.timeout(30):
            while self.text.count(text) < count:
                self._news.clear()
                await self._news.wait()


class Opened:
    """One stream that is being sent."""

    def __init__(self, response: EventStream, settings: Settings) -> None:
        self.wire = Wire()
        self.shutdown = Shutdown()
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/events",
            "headers": [],
            "query_string": b"",
            "state": {"shutdown": self.shutdown, "settings": settings, "request_id": "r" * 8},
        }
        self.task = asyncio.create_task(response(scope, self.wire.receive, self.wire.send))

    async def ended(self) -> None:
        """Waits for its end; raises what it raised."""
        async with asyncio.timeout(30):
            await self.task


@pytest_asyncio.fixture
async def sent() -> AsyncIterator[Callable[..., Opened]]:
    """Sends an ``EventStream``."""
    opened: list[Opened] = []

    def send(response: EventStream, **settings: Any) -> Opened:
        opened.append(Opened(response, Settings(**settings)))
        return opened[-1]

    yield send
    for one in opened:
        one.task.cancel()
    await asyncio.gather(*(one.task for one in opened), return_exceptions=True)


@pytest.fixture
def stream_id() -> UUID:
    return uuid4()


@pytest_asyncio.fixture
async def tables(database: Database) -> Database:
    """The database, with the table."""
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    return database


@pytest_asyncio.fixture
async def append(tables: Database) -> Callable[..., Awaitable[int]]:
    """Appends an event in a transaction of its own; its number."""

    async def add(stream_id: UUID, kind: str = "step", **payload: Any) -> int:
        async with tables.session() as session:
            return (await LOG.append(session, stream_id, kind, payload)).sequence

    return add


@pytest_asyncio.fixture
async def listener(blank_database: str) -> AsyncIterator[Listener]:
    made = Listener(DatabaseSettings(DATABASE_URL=blank_database))
    yield made
    await made.stop()


@pytest.fixture
def follower(tables: Database, listener: Listener) -> Follower:
    """A follower whose listener has not begun."""
    return Follower([LOG], tables, listener)

"""A system whose events are kept and followed, and clients that count what fails them."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Self
from uuid import UUID

from sqlalchemy.orm import DeclarativeBase

from padstone.db import Database
from padstone.events import EventColumns, EventLog
from padstone.models import TableBase, new_metadata

__all__ = ["LOG", "Asking", "Clients", "Following", "make_tables", "write_system"]


class Base(DeclarativeBase, TableBase):
    metadata = new_metadata()


class RunEvent(Base, EventColumns):
    __tablename__ = "run_events"


LOG = EventLog(RunEvent, terminal={"finished"})

CONFIG = """\
from typing import ClassVar

from padstone.settings import DatabaseSettings


class Settings(DatabaseSettings):
    SYSTEM: ClassVar[str] = "streaming"


settings = Settings()
"""
MAIN = """\
import os
from uuid import UUID

from fastapi import APIRouter
from padstone import create_app
from padstone.db import DatabaseDep, ReadSessionDep
from padstone.events import EventStream, FollowerDep, LastEventIdDep, event_stream
from sqlalchemy import text

from app.core.config import settings
from streaming_system import LOG

router = APIRouter()


@router.get("/one")
async def one(session: ReadSessionDep) -> int:
    return (await session.execute(text("SELECT 1"))).scalar_one()


@router.get("/pool")
async def pool(database: DatabaseDep) -> dict[str, int]:
    return database.pool_status()


@router.get("/runs/{run_id}/events", **event_stream())
async def follow(
    run_id: UUID, session: ReadSessionDep, follower: FollowerDep, after: LastEventIdDep
) -> EventStream:
    await LOG.check(session, run_id, after)
    return EventStream(follower.events(LOG, run_id, after=after))


app = create_app(settings, title="Streaming", version="1", routers=[router], event_logs=[LOG])
"""


REVISION = """\
revision = "0001"
down_revision = None
"""
VERSION = (
    "CREATE TABLE alembic_version (version_num text PRIMARY KEY)",
    "INSERT INTO alembic_version VALUES ('0001')",
)
FILES = {
    "alembic.ini": "[alembic]\nscript_location = %(here)s/alembic\npath_separator = os\n",
    "alembic/versions/0001.py": REVISION,
}


def write_system(folder: Path) -> Path:
    """The system's files."""
    files = {
        **FILES,
        "app/__init__.py": "",
        "app/main.py": MAIN,
        "app/core/__init__.py": "",
        "app/core/config.py": CONFIG,
        "streaming_system.py": Path(__file__).read_text(),
    }
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return folder


async def make_tables(database: Database) -> None:
    """The table of events, and Alembic's, so that no migration is missed."""
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
        for statement in VERSION:
            await connection.exec_driver_sql(statement)


class Asking:
    """A client that asks again and again, and takes every failure for one.

    It keeps its connection until an answer closes it, and thinks for up to ``think`` seconds
    between two requests. No request is repeated: what is reset counts.
    """

    def __init__(self, port: Callable[[], int], path: str = "/one", think: float = 0.0) -> None:
        self._port = port
        self._request = f"GET {path} HTTP/1.1\r\nHost: test\r\n\r\n".encode()
        self._think = think
        self.answered = 0
        self.connected = 0
        self.failures: list[str] = []
        self.stopped = False

    async def run(self) -> None:
        """Asks until it is stopped."""
        while not self.stopped:
            try:
                await self._keep_asking()
            except (OSError, EOFError) as error:
                self.failures.append(repr(error))
                await asyncio.sleep(0.05)

    async def _keep_asking(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port())
        self.connected += 1
        try:
            is_kept = True
            while is_kept and not self.stopped:
                writer.write(self._request)
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                await reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))
                if head.split()[1] == b"200":
                    self.answered += 1
                else:
                    self.failures.append(head.split(b"\r\n")[0].decode())
                is_kept = b"\r\nconnection: close\r\n" not in head
                await asyncio.sleep(random.uniform(0, self._think))  # noqa: S311  # nobody's secret
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()


class Following:
    """A client that follows one stream, and comes again after its last event where it ends."""

    def __init__(self, port: Callable[[], int], stream_id: UUID) -> None:
        self._port = port
        self._stream_id = stream_id
        self.seen: list[int] = []
        self.kinds: list[str] = []
        self.failures: list[str] = []
        self.connected = 0
        self.ended = asyncio.Event()

    async def run(self) -> None:
        """Follows the stream to its end."""
        while not self.ended.is_set():
            try:
                await self._follow()
            except (OSError, EOFError) as error:
                self.failures.append(repr(error))
                await asyncio.sleep(0.05)

    async def _follow(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port())
        last = f"Last-Event-ID: {self.seen[-1]}\r\n" if self.seen else ""
        path = f"/runs/{self._stream_id}/events"
        writer.write(f"GET {path} HTTP/1.1\r\nHost: test\r\n{last}\r\n".encode())
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            if head.split()[1] != b"200":
                self.failures.append(head.split(b"\r\n")[0].decode())
                return
            self.connected += 1
            await self._read(reader)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        # The lines between, which are the lengths of chunks, are neither.
        while line := await reader.readline():
            if line == b"0\r\n":
                return
            name, _, value = line.decode().strip().partition(": ")
            if name == "id":
                self.seen.append(int(value))
            elif name == "event":
                self.kinds.append(value)
                if value == "finished":
                    self.ended.set()
        raise EOFError("the stream was cut off")


class Clients:
    """Some clients that run beside a test."""

    def __init__(self, *clients: Asking | Following) -> None:
        self.all = clients
        self._tasks = [asyncio.create_task(one.run()) for one in clients]

    async def until(self, condition: Callable[[], bool | Awaitable[bool]]) -> None:
        """Waits until the condition is true. Raises what a client raised."""
        async with asyncio.timeout(300):
            while True:
                found = condition()
                if found if isinstance(found, bool) else await found:
                    return
                for task in self._tasks:
                    if task.done():
                        task.result()
                await asyncio.sleep(0.02)

    async def stop(self) -> None:
        """Lets each finish what it does."""
        for one in self.all:
            if isinstance(one, Asking):
                one.stopped = True
        await asyncio.gather(*self._tasks)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def failures(self) -> list[str]:
        """What failed anybody."""
        return [failure for one in self.all for failure in one.failures]

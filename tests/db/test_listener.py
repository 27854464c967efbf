import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text

from padstone.db import Database, Listener
from padstone.db import listener as module
from padstone.settings import DatabaseSettings, Settings


class Ear:
    """Everything a listener said, in order."""

    def __init__(self) -> None:
        self.said: list[str | bool] = []

    async def until(self, condition: Callable[[list[str | bool]], Any]) -> None:
        async with asyncio.timeout(30):
            while not condition(self.said):  # it is the listener's doing
                await asyncio.sleep(0.005)


def listening_for(settings: Settings, ear: Ear) -> Listener:
    listener = Listener(settings)
    listener.subscribe({"things": ear.said.append}, hears=ear.said.append)
    return listener


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest_asyncio.fixture
async def listener(ear: Ear, blank_database: str) -> AsyncIterator[Listener]:
    settings = DatabaseSettings(DATABASE_URL=blank_database)
    listener = listening_for(settings, ear)
    yield listener
    await listener.stop()


async def notify(database: Database, payload: str, channel: str = "things") -> None:
    async with database.engine.begin() as connection:
        await connection.execute(
            text("SELECT pg_notify(:channel, :it)"), {"channel": channel, "it": payload}
        )


async def test_it_hears_nothing_of_what_is_undone(
    listener: Listener, ear: Ear, database: Database
) -> None:
    listener.start()
    await ear.until(bool)
    async with database.session() as session:
        await session.execute(text("SELECT pg_notify('things', 'undone')"))
        await session.rollback()
    await notify(database, "one")
    await ear.until(lambda said: "one" in said)
    assert ear.said == [True, "one"]


async def test_it_tells_what_it_hears(listener: Listener, ear: Ear, database: Database) -> None:
    listener.start()
    await ear.until(bool)
    await notify(database, "one")
    await notify(database, "two")
    await ear.until(lambda said: said == [True, "one", "two"])
    await listener.stop()
    assert ear.said[-1] is False
    assert not listener.is_listening


async def test_a_killed_connection_is_replaced(
    listener: Listener, ear: Ear, database: Database
) -> None:
    listener.start()
    await ear.until(lambda said: said == [True])
    async with database.engine.begin() as connection:
        await connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'app listener' AND datname = current_database()"
            )
        )
    await ear.until(lambda said: said == [True, False, True])
    await notify(database, "again")
    await ear.until(lambda said: said[-1] == "again")


class Freezer:
    """Passes bytes between the listener and PostgreSQL, until it is told to swallow them."""

    def __init__(self, host: str, port: int) -> None:
        self.target = host, port
        self.frozen = False
        self.writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        upstream, downstream = await asyncio.open_connection(*self.target)
        self.writers.append(downstream)
        await asyncio.gather(self._pass(reader, downstream), self._pass(upstream, writer))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            if not self.frozen:
                writer.write(data)
        writer.close()


async def test_29_a_frozen_server_is_noticed(
    ear: Ear, blank_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "HEARTBEAT_SECONDS", 0.05)
    monkeypatch.setattr(module, "HEARTBEAT_TIMEOUT_SECONDS", 0.2)
    address = blank_database.split("@")[1].split("/", maxsplit=1)[0]
    host, _, port = address.partition(":")
    freezer = Freezer(host, int(port))
    server = await asyncio.start_server(freezer.serve, "127.0.0.1", 0)
    own = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    settings = DatabaseSettings(DATABASE_URL=blank_database.replace(address, own))
    listener = listening_for(settings, ear)
    try:
        listener.start()
        await ear.until(lambda said: said == [True])
        freezer.frozen = True
        await ear.until(lambda said: said == [True, False])
        freezer.frozen = False
        await ear.until(lambda said: said == [True, False, True])
    finally:
        await listener.stop()
        server.close()
        for writer in freezer.writers:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()


async def test_it_waits_for_a_database_that_is_down(ear: Ear) -> None:
    settings = DatabaseSettings(DATABASE_URL="postgresql://u:p@127.0.0.1:1/none")
    listener = listening_for(settings, ear)
    listener.start()
    await asyncio.sleep(0)
    await listener.stop()
    assert ear.said == []


async def test_it_goes_around_a_pooler(ear: Ear, blank_database: str) -> None:
    settings = DatabaseSettings(
        DATABASE_URL="postgresql://u:p@127.0.0.1:1/pooler", DATABASE_DIRECT_URL=blank_database
    )
    listener = listening_for(settings, ear)
    listener.start()
    await ear.until(lambda said: said == [True])
    await listener.stop()


async def test_one_connection_hears_all_channels(
    listener: Listener, ear: Ear, database: Database
) -> None:
    other = Ear()
    listener.subscribe({"others": other.said.append}, hears=other.said.append)
    listener.start()
    await other.until(lambda said: said == [True])
    await notify(database, "one")
    await notify(database, "two", channel="others")
    await other.until(lambda said: said == [True, "two"])
    await ear.until(lambda said: said == [True, "one"])
    async with database.read_session() as session:
        count = await session.scalar(
            text(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE application_name = 'app listener' AND datname = current_database()"
            )
        )
    assert count == 1


class Alive:
    """A connection that answers at once."""

    async def execute(self, *_: object, **__: object) -> None:
        return


@pytest.mark.parametrize("ticks", range(6))
async def test_it_stops_while_its_connection_is_lost(ticks: int) -> None:
    lost, went_on = asyncio.Event(), False

    async def wait() -> None:
        nonlocal went_on
        await module._until_lost(Alive(), lost)
        await asyncio.sleep(0)
        went_on = True

    waiting = asyncio.create_task(wait())
    await asyncio.sleep(0)
    lost.set()
    for _ in range(ticks):
        await asyncio.sleep(0)
    was_cancelled = waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert went_on is not was_cancelled


def test_a_channel_has_one_subscriber(listener: Listener) -> None:
    with pytest.raises(ValueError, match="already listening on things"):
        listener.subscribe({"things": print}, hears=print)


def test_settings_without_a_database_are_explained() -> None:
    with pytest.raises(TypeError, match="let Settings inherit DatabaseSettings"):
        Listener(Settings())

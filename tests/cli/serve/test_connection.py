"""What becomes of connections when the server ends, and of clients that take nothing."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from padstone.cli.serve import connection as module
from padstone.cli.serve.config import Config
from padstone.cli.serve.connection import Connection
from padstone.settings import Settings
from padstone.shutdown import Shutdown

REQUEST = b"GET / HTTP/1.1\r\nHost: test\r\n\r\n"


class Client:
    """A connection, byte by byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def ask(self) -> bytes:
        """Sends a request; the head of its answer."""
        self.writer.write(REQUEST)
        head = await self.reader.readuntil(b"\r\n\r\n")
        await self.reader.readexactly(2)
        return head

    async def everything(self) -> bytes:
        """Whatever comes until the server closes, as it does behind a client that has said all."""
        self.writer.write_eof()
        async with asyncio.timeout(30):
            return await self.reader.read()

    async def is_closed(self) -> bool:
        async with asyncio.timeout(30):
            return await self.reader.read() == b""


class Served:
    """A server in this process."""

    def __init__(
        self, app: Any, *, fresh: float, idle: float, http: Any = Connection, keep: int = 5
    ) -> None:
        self.shutdown = Shutdown()
        config = uvicorn.Config(
            app,
            http=http,
            lifespan="off",
            log_config=None,
            timeout_keep_alive=keep,
            date_header=False,  # the one header that is not the same in the next second
        )
        config.fresh_seconds, config.idle_seconds = fresh, idle  # type: ignore[attr-defined]  # ours has them
        self.server = uvicorn.Server(config)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.clients: list[Client] = []
        self.task = asyncio.create_task(self.server._serve([self.socket]))

    async def connect(self) -> Client:
        """A client whose connection the server has taken."""
        host, port = self.socket.getsockname()
        before = len(self.server.server_state.connections)
        self.clients.append(Client(*await asyncio.open_connection(host, port)))
        async with asyncio.timeout(30):
            while len(self.server.server_state.connections) == before:
                await asyncio.sleep(0.005)
        self.server.lifespan.state["shutdown"] = self.shutdown
        return self.clients[-1]

    async def end(self) -> None:
        """The server is told to end, and has told all connections."""
        self.shutdown.ask()
        self.server.should_exit = True
        async with asyncio.timeout(30):
            while self.socket.fileno() != -1:
                await asyncio.sleep(0.005)


@pytest_asyncio.fixture
async def served() -> AsyncIterator[Callable[..., Served]]:
    started: list[Served] = []

    def start(app: Any, fresh: float = 600, idle: float = 600, **options: Any) -> Served:
        started.append(Served(app, fresh=fresh, idle=idle, **options))
        return started[-1]

    yield start
    for one in started:
        for client in one.clients:
            client.writer.close()
            with suppress(ConnectionError):
                await client.writer.wait_closed()
        one.server.should_exit = True
        async with asyncio.timeout(30):
            await one.task


async def answer(scope: Any, _receive: Any, send: Any) -> None:
    shutdown = scope["state"].get("shutdown")
    last = [(b"connection", b"close")] if shutdown is not None and shutdown.is_asked else []
    headers = [(b"content-length", b"2"), *last]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"ok"})


async def test_a_connection_that_was_just_taken_is_answered(served: Callable[..., Served]) -> None:
    server = served(answer, idle=0)
    client = await server.connect()
    await server.end()
    assert b"connection: close" in await client.ask()
    assert await client.is_closed()


async def test_so_is_the_next_request_of_one_that_is_kept(served: Callable[..., Served]) -> None:
    server = served(answer, fresh=0)
    client = await server.connect()
    assert b"connection: close" not in await client.ask()
    await server.end()
    assert b"connection: close" in await client.ask()
    assert await client.is_closed()


@pytest.mark.parametrize(("fresh", "idle", "asks"), [(0.01, 600, 0), (600, 0.01, 1)])
async def test_who_says_nothing_gets_a_moment(
    served: Callable[..., Served], fresh: float, idle: float, asks: int
) -> None:
    server = served(answer, fresh, idle)
    client = await server.connect()
    for _ in range(asks):
        await client.ask()
    await server.end()
    assert await client.is_closed()


async def test_one_that_comes_as_the_server_ends_gets_its_moment_too(
    served: Callable[..., Served],
) -> None:
    server = served(answer, fresh=0.01)
    await server.connect()
    server.shutdown.ask()  # and the server has not closed its door yet
    late = await server.connect()
    assert await late.is_closed()


async def test_an_answer_that_is_being_given_is_given(served: Callable[..., Served]) -> None:
    going_on, asked = asyncio.Event(), asyncio.Event()

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        asked.set()
        await going_on.wait()
        await answer(scope, receive, send)

    server = served(slow, 0, 0)
    client = await server.connect()
    asking = asyncio.create_task(client.ask())
    await asked.wait()
    await server.end()
    [connection] = server.server.server_state.connections
    connection._close_if_idle()  # type: ignore[union-attr]  # as after the moment it got before
    going_on.set()
    assert b"200 OK" in await asking
    assert await client.is_closed()


async def test_who_takes_nothing_is_cut_off(
    served: Callable[..., Served], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TAKING_SECONDS", 0.05)
    gone = asyncio.Event()

    async def flood(_scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        sending = asyncio.create_task(_flood(send))
        while (await receive())["type"] != "http.disconnect":
            pass
        gone.set()
        sending.cancel()

    server = served(flood)
    client = await server.connect()
    client.writer.write(REQUEST)
    client.writer.transport.pause_reading()  # type: ignore[attr-defined]  # a reading one
    async with asyncio.timeout(30):
        await gone.wait()


async def _flood(send: Any) -> None:
    while True:
        await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})


async def test_who_takes_it_slowly_is_served(
    served: Callable[..., Served], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TAKING_SECONDS", 600)
    size = 20_000_000

    async def send_much(_scope: Any, _receive: Any, send: Any) -> None:
        length = str(size).encode()
        headers = [(b"content-length", length)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for _ in range(20):
            await send(
                {"type": "http.response.body", "body": b"x" * (size // 20), "more_body": True}
            )
        await send({"type": "http.response.body", "body": b""})

    server = served(send_much)
    client = await server.connect()
    client.writer.write(REQUEST)
    await client.reader.readuntil(b"\r\n\r\n")
    assert len(await client.reader.readexactly(size)) == size
    [connection] = server.server.server_state.connections
    assert connection._abortion is None  # type: ignore[union-attr]  # it is ours


async def tell(scope: Any, receive: Any, send: Any) -> None:
    """Answers with what the request came to."""
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    known = {**scope, "state": sorted(scope["state"]), "body": body}
    del known["client"], known["server"]
    answer = repr(sorted(known.items())).encode()
    headers = [(b"content-length", b"%d" % len(answer))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


RAW_REQUESTS = [
    b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /a%20b/%C3%A4?c=d%20e HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /a?b?c#d HTTP/1.1\r\nHost: a\r\nX-Name: One\r\nx-name: two\r\n\r\n",
    b"GET http://other/path?q HTTP/1.1\r\nHost: a\r\n\r\n",
    b"HEAD /a HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /a HTTP/1.0\r\nHost: a\r\n\r\n",
    b"GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
    b"POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    b"POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\na",
    b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n",
    b"NONSENSE\r\n\r\n",
    REQUEST * 3,
]


@pytest.mark.parametrize("raw", RAW_REQUESTS)
async def test_a_request_means_what_it_means_to_uvicorn(
    served: Callable[..., Served], raw: bytes
) -> None:
    told = []
    for http in (Connection, HttpToolsProtocol):
        server = served(tell, http=http)
        client = await server.connect()
        client.writer.write(raw)
        told.append(await client.everything())
    assert told[0] == told[1]
    assert told[0]


async def test_answers_come_in_the_order_of_their_requests(served: Callable[..., Served]) -> None:
    first = asyncio.Event()

    async def slow_at_first(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/1":
            await first.wait()
        await tell(scope, receive, send)

    client = await served(slow_at_first).connect()
    for number in (1, 2, 3):
        client.writer.write(b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n" % number)
    first.set()
    async with asyncio.timeout(30):
        heard = await client.reader.readuntil(b"'/3'")
    assert heard.index(b"'/1'") < heard.index(b"'/2'")


async def test_who_asks_nothing_more_is_let_go(served: Callable[..., Served]) -> None:
    client = await served(answer, keep=0).connect()
    await client.ask()
    assert await client.is_closed()


async def test_but_not_while_an_answer_is_being_made(served: Callable[..., Served]) -> None:
    asked, going_on = asyncio.Event(), asyncio.Event()

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        if asked.is_set():
            await going_on.wait()
        asked.set()
        await answer(scope, receive, send)

    server = served(slow, keep=600)
    client = await server.connect()
    await client.ask()
    asking = asyncio.create_task(client.ask())
    [connection] = server.server.server_state.connections
    assert isinstance(connection, Connection)
    async with asyncio.timeout(30):
        while connection._idle_since is not None:
            await asyncio.sleep(0.005)
    connection.timeout_keep_alive_handler()  # as it would, had the time come
    going_on.set()
    assert b"200 OK" in await asking
    assert connection.timeout_keep_alive_task is not None


async def test_nor_before_its_time_has_come(served: Callable[..., Served]) -> None:
    server = served(answer, keep=600)
    client = await server.connect()
    await client.ask()
    [connection] = server.server.server_state.connections
    assert isinstance(connection, Connection)
    connection.timeout_keep_alive_handler()
    assert connection.timeout_keep_alive_task is not None
    assert b"200 OK" in await client.ask()


def test_a_developers_browser_asks_again_by_itself() -> None:
    settings = Settings(SHUTDOWN_GRACE_SECONDS=1)
    usual, hasty = Config(settings), Config(settings, is_hasty=True)
    assert (usual.fresh_seconds, usual.idle_seconds) == (0.5, 0.5)
    assert (hasty.fresh_seconds, hasty.idle_seconds) == (0.5, 0)
    assert Config(Settings()).idle_seconds == 1

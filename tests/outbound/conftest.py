"""Services elsewhere: real ones on the loopback address, which behave as a test says."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import pytest_asyncio

from padstone.outbound import OutboundClient
from padstone.settings import OutboundSettings


class Settings(OutboundSettings):
    SYSTEM: ClassVar[str] = "caller"


@dataclass
class Heard:
    """A request as the service heard it."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


Behaviour = Callable[[Heard, asyncio.StreamWriter], Awaitable[None]]


def answer(status: int = 200, body: bytes = b"", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} Said", f"content-length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass
class Service:
    """A server of HTTP that answers from a list, the last one for ever, or by a function."""

    says: list[bytes | Behaviour]
    host: str
    port: int = 0
    scheme: str = "http"
    connections: int = 0
    heard: list[Heard] = field(default_factory=list)

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        while not writer.is_closing():
            heard = await hear(reader)
            if heard is None:
                return
            self.heard.append(heard)
            says = self.says.pop(0) if len(self.says) > 1 else self.says[0]
            if isinstance(says, bytes):
                writer.write(says)
            else:
                await says(heard, writer)
            await writer.drain()


async def hear(reader: asyncio.StreamReader) -> Heard | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    first, *lines = head.decode("latin-1").strip().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {
        name.strip().lower(): value.strip()
        for name, value in (line.split(":", 1) for line in lines)
    }
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    if headers.get("transfer-encoding") == "chunked":
        while size := int(await reader.readline(), 16):
            body += await reader.readexactly(size)
            await reader.readline()
        await reader.readline()
    return Heard(method, target, headers, body)


StartService = Callable[..., Awaitable[Service]]


@pytest_asyncio.fixture
async def serve() -> AsyncIterator[StartService]:
    """Starts a service."""
    servers: list[asyncio.Server] = []
    running: set[asyncio.Task[None]] = set()

    async def start(
        *says: bytes | Behaviour, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None
    ) -> Service:
        service = Service(list(says) or [answer()], host, scheme="https" if tls else "http")

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await service.talk(reader, writer)
            except ConnectionError:
                pass
            finally:
                writer.close()

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            running.add(asyncio.create_task(talk(reader, writer)))

        servers.append(await asyncio.start_server(connected, host, 0, ssl=tls))
        service.port = int(servers[-1].sockets[0].getsockname()[1])
        return service

    yield start
    for server in servers:
        server.close()
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


OpenClient = Callable[..., OutboundClient]


@pytest_asyncio.fixture
async def opened(certificate: Path) -> AsyncIterator[OpenClient]:
    """Opens a client by these settings, which may reach no internal address unless they say so."""
    clients: list[OutboundClient] = []

    def make(*, resolve: Any = None, observe: Any = None, **values: Any) -> OutboundClient:
        # One authority is read faster than all of the machine's.
        values = {"OUTBOUND_SSL_ROOT_CERT": str(certificate), **values}
        clients.append(OutboundClient(Settings(**values), resolve=resolve, observe=observe))
        return clients[-1]

    yield make
    for client in clients:
        await client.close()


@pytest_asyncio.fixture
async def client(opened: OpenClient) -> OutboundClient:
    return opened()

"""Mail servers that behave as they should, and others that do not."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
from aiosmtpd.smtp import SMTP, AuthResult

from padstone.settings import MailSettings


@dataclass
class Strange:
    """A server's behaviour. ``answers`` are what it says to RCPT or DATA, by the recipient."""

    answers: dict[str, str] = field(default_factory=dict)
    at_data: dict[str, str] = field(default_factory=dict)
    passwords: list[Any] = field(default_factory=list)
    taken: list[tuple[str, list[str]]] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    def authenticate(self, _s: Any, _session: Any, _e: Any, _m: str, data: Any) -> AuthResult:
        self.passwords.append(data)
        return AuthResult(success=data.password == b"right", handled=False)

    async def handle_EHLO(  # noqa: N802
        self, _server: Any, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        recipient = envelope.rcpt_tos[0]
        if recipient in self.at_data:
            return self.at_data[recipient]
        self.taken.append((envelope.mail_from, envelope.rcpt_tos))
        return "250 OK"


StartServer = Callable[..., Awaitable[Strange]]


@pytest_asyncio.fixture
async def serve() -> AsyncIterator[StartServer]:
    """Starts a server of this kind."""
    loop = asyncio.get_running_loop()
    servers = []
    connections: list[SMTP] = []

    async def start(**options: Any) -> Strange:
        strange = Strange()

        def connected() -> SMTP:
            strange.connections += 1
            connection = SMTP(
                strange,
                hostname="localhost",
                authenticator=strange.authenticate,
                auth_require_tls=False,
                loop=loop,
                **options,
            )
            connections.append(connection)
            return connection

        servers.append(await loop.create_server(connected, "127.0.0.1", 0))
        strange.port = servers[-1].sockets[0].getsockname()[1]
        return strange

    yield start
    for server in servers:
        server.close()
    for connection in connections:
        # Where TLS failed, the transport below it is left to us.
        for transport in (connection.transport, connection._original_transport):
            if transport is not None:
                transport.abort()
    await asyncio.sleep(0)  # what was aborted is told so


@pytest_asyncio.fixture
async def scripted() -> AsyncIterator[Callable[[Callable[..., Awaitable[None]]], Awaitable[int]]]:
    """Starts a server that is a function of its connection's streams; its port."""
    servers = []
    running: set[asyncio.Task[None]] = set()

    async def start(behave: Callable[..., Awaitable[None]]) -> int:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await behave(reader, writer)
            finally:
                writer.close()

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            running.add(asyncio.create_task(talk(reader, writer)))

        servers.append(await asyncio.start_server(connected, "127.0.0.1", 0))
        return int(servers[-1].sockets[0].getsockname()[1])

    yield start
    for server in servers:
        server.close()
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


@pytest.fixture
def settings() -> Callable[..., MailSettings]:
    """Settings for a server of these tests, impatient where a test has to wait."""

    def make(url: str, **values: Any) -> MailSettings:
        return MailSettings(MAIL_URL=url, **{"MAIL_FROM": "Shop <shop@example.com>", **values})

    return make

"""A database to break: opened as a test wants it, watched from beside, reached through a proxy."""

import asyncio
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlunsplit

import asyncpg
import pytest
import pytest_asyncio
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from padstone.db import Database
from padstone.settings import DatabaseSettings
from padstone.testing.proxies import Proxy

OpenDatabase = Callable[..., Awaitable[Database]]


@pytest_asyncio.fixture
async def open_database(blank_database: str) -> AsyncIterator[OpenDatabase]:
    """Opens a ``Database`` with the settings that are given; it is closed with the test."""
    async with AsyncExitStack() as stack:

        async def start(**settings: Any) -> Database:
            given = {"DATABASE_URL": blank_database, "DATABASE_POOL_MIN_SIZE": 1, **settings}
            database = Database(DatabaseSettings(**given))
            stack.push_async_callback(database.close)
            await database.open()
            return database

        yield start


class Watcher:
    """A connection beside the pool, for what only another session can see or do."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self.connection = connection

    async def backends(self, state: str = "%") -> list[int]:
        """The process ids of the other connections to this database, but that of its health."""
        rows = await self.connection.fetch(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend' "
            "AND application_name NOT LIKE '% health' AND state LIKE $1 ORDER BY pid",
            state,
        )
        return [row["pid"] for row in rows]

    async def terminate_all(self) -> None:
        """Ends the other connections, and waits until they are gone."""
        for pid in await self.backends():
            await self.connection.execute("SELECT pg_terminate_backend($1, 5000)", pid)

    async def until(self, condition: Callable[[], Awaitable[bool]]) -> None:
        """Polls ``condition``; fails after ten seconds."""
        async with asyncio.timeout(10):
            while not await condition():
                await asyncio.sleep(0.01)


@pytest_asyncio.fixture
async def watcher(blank_database: str) -> AsyncIterator[Watcher]:
    connection = await asyncpg.connect(blank_database.replace("+asyncpg", ""))
    yield Watcher(connection)
    await connection.close()


class PostgresProxy(Proxy):
    """Stands before PostgreSQL, and understands what clients ask it."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._tls: ssl.SSLContext | None = None
        self.sent: list[bytes] = []
        """What clients sent, in pieces as it came, and without what they said before."""

    async def listen(self) -> str:
        """Begins to take connections; the URL that leads here."""
        await self.up()
        return self.url

    async def listen_on_socket(self, folder: Path) -> str:
        """The same on a Unix socket, under the name that PostgreSQL's clients look for."""
        await self.up_on_socket(str(folder / ".s.PGSQL.5432"))
        user = self.target.netloc.rpartition("@")[0]
        return urlunsplit(self.target._replace(netloc=f"{user}@", query=f"host={folder}"))

    async def listen_with_tls(self, certificate: "Certificate") -> str:
        """The same, as a server that has TLS. Behind the proxy nothing is encrypted."""
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(certificate.path, certificate.key_path)
        return await self.listen()

    async def greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._tls is not None:
            await reader.readexactly(8)  # "have you TLS?"
            writer.write(b"S")
            await writer.start_tls(self._tls)

    def hear(self, data: bytes) -> None:
        self.sent.append(data)

    def statements(self) -> list[str]:
        """The SQL that clients sent: simple queries, and what they prepared."""
        return [
            body.split(b"\x00")[kind == b"P"].decode()
            for kind, body in self._messages()
            if kind in (b"Q", b"P")
        ]

    def round_trips(self) -> int:
        """How often clients waited for an answer."""
        return sum(kind in (b"Q", b"S") for kind, _ in self._messages())

    def _messages(self) -> list[tuple[bytes, bytes]]:
        data, found = b"".join(self.sent), []
        while data:
            (length,) = struct.unpack("!I", data[1:5])
            found.append((data[:1], data[5 : length + 1]))
            data = data[length + 1 :]
        return found


@pytest_asyncio.fixture
async def proxy(blank_database: str) -> AsyncIterator[PostgresProxy]:
    """Before ``blank_database``; it listens when the test says so."""
    made = PostgresProxy(blank_database)
    yield made
    await made.down()


@dataclass(frozen=True)
class Certificate:
    """A certificate that vouches for itself, and its key."""

    path: Path
    key_path: Path


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    """For the name ``localhost``."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    path, key_path = tmp_path / "certificate.pem", tmp_path / "key.pem"
    path.write_bytes(made.public_bytes(pem))
    key_path.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return Certificate(path, key_path)

"""A database that is not there yet is waited for; one that never will be is explained."""

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import certifi
import pytest
import structlog
from sqlalchemy import text

from padstone.db import Database
from padstone.db.starting import address_of
from padstone.errors import UnavailableError
from padstone.settings import DatabaseSettings


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("postgresql://u:c4n4ry@db.example:5432/d", "db.example:5432"),
        ("postgresql://u:c4n4ry@db.example/d", "db.example"),
        ("postgresql://u:c4n4ry@[::1]:5432/d", "[::1]:5432"),
        ("postgresql://u:c4n4ry@/d?host=/run/postgresql", "/run/postgresql"),
        ("postgresql://u:c4n4ry@/d?host=a:1&host=b:2", "a:1, b:2"),
        ("postgresql:///d", "its local socket"),
    ],
)
def test_an_address_is_where_and_not_who(url: str, address: str) -> None:
    assert address_of(DatabaseSettings(DATABASE_URL=url)) == address


async def test_a_database_that_comes_late_is_waited_for(proxy: Any) -> None:
    database = Database(DatabaseSettings(DATABASE_URL=proxy.url, DATABASE_POOL_MIN_SIZE=2))
    with structlog.testing.capture_logs() as lines:
        opening = asyncio.create_task(database.open())
        async with asyncio.timeout(10):
            while len(lines) < 2:
                await asyncio.sleep(0.01)
        assert not opening.done()
        await proxy.up()
        await opening
    assert database.pool_status() == {"in_use": 0, "idle": 2, "size": 20}
    # What else runs in this process may log too.
    own = [line for line in lines if line["event"] == "database is not up yet"]
    pauses = [line["retry_in_seconds"] for line in own]
    assert pauses == sorted(set(pauses)), "each pause is longer than the one before"
    assert {line["address"] for line in own} == {f"127.0.0.1:{proxy.port}"}
    await database.close()


async def test_a_database_that_falls_silent_while_it_is_waited_for(proxy: Any) -> None:
    url = await proxy.listen()
    proxy.silence()
    database = Database(
        DatabaseSettings(
            DATABASE_URL=url,
            DATABASE_CONNECT_TIMEOUT_SECONDS=0.05,
            DATABASE_STARTUP_TIMEOUT_SECONDS=0.2,
        )
    )
    with pytest.raises(UnavailableError, match=r"did not answer within 0.2 s \(TimeoutError\)"):
        await database.open()
    await database.close()


async def failure(url: str, **settings: Any) -> str:
    """What ``open`` says; all pauses together stay far below the time limit."""
    given = DatabaseSettings(DATABASE_URL=url, DATABASE_STARTUP_TIMEOUT_SECONDS=600, **settings)
    database = Database(given)
    with structlog.testing.capture_logs() as lines, pytest.raises(UnavailableError) as caught:
        async with asyncio.timeout(30):
            await database.open()
    own = [line for line in lines if line["event"] == "database is not up yet"]
    assert own == [], "it was tried once"
    await database.close()
    assert database.pool_status()["in_use"] == 0
    password = urlsplit(url).password
    assert password
    assert password not in str(caught.value)
    return str(caught.value)


def changed(url: str, **parts: str) -> str:
    return urlunsplit(urlsplit(url)._replace(**parts))


async def test_a_refused_password_fails_at_once(blank_database: str) -> None:
    parts = urlsplit(blank_database)
    netloc = f"{parts.username}:c4n4ry@{parts.hostname}:{parts.port}"
    said = await failure(changed(blank_database, netloc=netloc))
    assert said == (
        f"PostgreSQL at {parts.hostname}:{parts.port} refused user {parts.username!r}. "
        "Check the user and the password in DATABASE_URL."
    )


async def test_an_unknown_user_fails_at_once(blank_database: str) -> None:
    parts = urlsplit(blank_database)
    netloc = f"nobody-here:c4n4ry@{parts.hostname}:{parts.port}"
    assert "refused user 'nobody-here'" in await failure(changed(blank_database, netloc=netloc))


async def test_a_missing_database_fails_at_once(blank_database: str) -> None:
    said = await failure(changed(blank_database, path="/test_of_nothing"))
    assert "has no database 'test_of_nothing'" in said


async def test_tls_that_is_not_offered_fails_at_once(proxy: Any) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(8)
        writer.write(b"N")
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", proxy.port)
    said = await failure(proxy.url, DATABASE_SSL="require")
    server.close()
    assert (
        f"PostgreSQL at 127.0.0.1:{proxy.port} does not offer TLS, and DATABASE_SSL is require"
        in said
    )


async def test_a_certificate_for_another_name_fails_at_once(proxy: Any, certificate: Any) -> None:
    url = await proxy.listen_with_tls(certificate)
    tls = {"DATABASE_SSL": "verify-full", "DATABASE_SSL_ROOT_CERT": str(certificate.path)}
    assert "certificate of PostgreSQL" in await failure(url, **tls)


async def test_a_certificate_of_a_stranger_fails_at_once(proxy: Any, certificate: Any) -> None:
    url = await proxy.listen_with_tls(certificate)
    tls = {"DATABASE_SSL": "verify-ca", "DATABASE_SSL_ROOT_CERT": certifi.where()}
    assert "is not trusted" in await failure(url, **tls)


@pytest.mark.parametrize(
    ("mode", "host"), [("verify-full", "localhost"), ("verify-ca", "127.0.0.1")]
)
async def test_a_certificate_that_fits_is_accepted(
    proxy: Any, certificate: Any, mode: Any, host: str
) -> None:
    url = (await proxy.listen_with_tls(certificate)).replace("127.0.0.1", host)
    settings = DatabaseSettings(
        DATABASE_URL=url, DATABASE_SSL=mode, DATABASE_SSL_ROOT_CERT=str(certificate.path)
    )
    database = Database(settings)
    await database.open()
    await database.check()
    await database.close()


async def test_what_else_cannot_be_used_says_its_code(blank_database: str, watcher: Any) -> None:
    name = urlsplit(blank_database).path[1:]
    await watcher.connection.execute("CREATE ROLE c4n4ry_role LOGIN PASSWORD 'c4n4ry'")
    parts = urlsplit(blank_database)
    netloc = f"c4n4ry_role:c4n4ry@{parts.hostname}:{parts.port}"
    await watcher.connection.execute(f'REVOKE CONNECT ON DATABASE "{name}" FROM public')
    try:
        database = Database(DatabaseSettings(DATABASE_URL=changed(blank_database, netloc=netloc)))
        with pytest.raises(UnavailableError, match=r"cannot be used \(42501\)"):
            await database.open()
        await database.close()
    finally:
        await watcher.connection.execute("DROP ROLE c4n4ry_role")


async def test_a_limit_of_nothing_waits_for_nothing() -> None:
    settings = DatabaseSettings(
        DATABASE_URL="postgresql://u:p@127.0.0.1:1/d", DATABASE_STARTUP_TIMEOUT_SECONDS=0
    )
    database = Database(settings)
    await database.open()
    await database.close()


async def test_a_socket_is_as_good_as_a_port(proxy: Any, tmp_path: Path) -> None:
    url = await proxy.listen_on_socket(tmp_path)
    database = Database(DatabaseSettings(DATABASE_URL=url, DATABASE_SSL="prefer"))
    await database.open()
    async with database.read_session() as session:
        assert await session.scalar(text("SELECT 1")) == 1
    await database.close()


async def test_a_password_of_odd_characters_works(blank_database: str, watcher: Any) -> None:
    password = "p%a:s/s?w#o[r]d@\u00e4 '\"\\"
    quoted = password.replace("'", "''")
    await watcher.connection.execute(f"CREATE ROLE odd_role LOGIN PASSWORD '{quoted}'")
    parts = urlsplit(blank_database)
    netloc = f"odd_role:{quote(password, safe='')}@{parts.hostname}:{parts.port}"
    database = Database(DatabaseSettings(DATABASE_URL=changed(blank_database, netloc=netloc)))
    try:
        await database.open()
    finally:
        await database.close()
        await watcher.connection.execute("DROP ROLE odd_role")

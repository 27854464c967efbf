import asyncio
import secrets
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
import time_machine

from padstone.cli.doctor.database import Server, ask, server_clock, version
from padstone.cli.doctor.finding import Finding
from padstone.settings import DatabaseSettings

Ask = Callable[..., Server | Finding]


@pytest.fixture
def asked(blank_database: str) -> Ask:
    """Asks the database of the test, with another user, password, host, port or name."""

    def ask_with(*, url: dict[str, Any] | None = None, **values: Any) -> Server | Finding:
        parts = urlsplit(blank_database)
        known = {
            "user": parts.username,
            "password": parts.password,
            "host": parts.hostname,
            "port": parts.port,
            "path": parts.path,
            **(url or {}),
        }
        place = "{user}:{password}@{host}:{port}".format(**known)
        changed = urlunsplit((parts.scheme, place, known["path"], "", ""))
        return ask(DatabaseSettings(DATABASE_URL=changed, **values))

    return ask_with


def _error(found: Server | Finding) -> Finding:
    assert isinstance(found, Finding)
    assert found.verdict == "error"
    return found


def test_a_server_that_answers(asked: Ask) -> None:
    server = asked()
    assert isinstance(server, Server)
    assert version(server).verdict == "ok"
    assert server_clock(server).verdict == "ok"
    assert server.connections > 0


def test_a_wrong_password(asked: Ask) -> None:
    found = _error(asked(url={"password": "canary"}))
    assert "refuses user" in found.what
    assert "Correct user and password" in found.mend
    assert "canary" not in found.what + found.mend


def test_a_missing_database(asked: Ask) -> None:
    name = f"gone_{secrets.token_hex(4)}"
    found = _error(asked(url={"path": f"/{name}"}))
    assert f"has no database '{name}'" in found.what
    assert f'CREATE DATABASE "{name}";' in found.mend


def test_nothing_listens(asked: Ask) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        found = _error(asked(url={"port": bound.getsockname()[1]}))
    assert found.what.startswith("Nothing listens on 127.0.0.1:")


def test_a_host_that_does_not_exist(asked: Ask) -> None:
    found = _error(asked(url={"host": "database.invalid"}))
    assert "There is no host" in found.what


def test_a_server_that_is_silent(asked: Ask) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        number = silent.getsockname()[1]
        found = _error(asked(url={"port": number}, DATABASE_CONNECT_TIMEOUT_SECONDS=0.2))
    assert "does not answer within 0.2 s" in found.what


def test_a_server_that_is_no_postgresql(asked: Ask) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        other.settimeout(10)

        def hang_up() -> None:
            other.accept()[0].close()

        thread = Thread(target=hang_up)
        thread.start()
        found = _error(asked(url={"port": other.getsockname()[1]}))
        thread.join()
    assert "fails" in found.what


def test_tls_that_the_server_does_not_speak(asked: Ask) -> None:
    found = _error(asked(DATABASE_SSL="require"))
    assert "TLS with" in found.what
    assert "DATABASE_SSL=require" in found.mend


def test_a_user_without_connections_left(asked: Ask, blank_database: str) -> None:
    role = f"test_{secrets.token_hex(4)}"

    async def execute(statement: str) -> None:
        connection = await asyncpg.connect(blank_database.replace("+asyncpg", ""))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(execute(f"CREATE ROLE {role} LOGIN PASSWORD 'secret' CONNECTION LIMIT 0"))
    try:
        found = _error(asked(url={"user": role, "password": "secret"}))
    finally:
        asyncio.run(execute(f"DROP ROLE {role}"))
    assert "no free connection" in found.what


def test_a_clock_that_is_an_hour_off(asked: Ask) -> None:
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=1)):
        server = asked()
    assert isinstance(server, Server)
    found = server_clock(server)
    assert found.verdict == "error"
    assert "behind this machine's" in found.what


def test_an_old_server() -> None:
    found = version(Server(version=140_012, connections=97, ahead=0.0))
    assert found.verdict == "error"
    assert found.what == "It is 14.12, and 15 is the oldest that is supported."
    assert version(Server(version=150_000, connections=97, ahead=0.0)).verdict == "ok"

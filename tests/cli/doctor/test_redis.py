"""What the doctor says of a Redis, a good one and bad ones."""

import socket
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from redis import Redis

from padstone.cli.doctor.finding import Finding
from padstone.cli.doctor.redis import redis
from padstone.settings import RedisSettings
from padstone.testing.services import TestServices
from valkeys import PrivateValkey

OLD = (
    b"# Server\r\nredis_version:5.0.7\r\n",
    b"# Memory\r\nmaxmemory:0\r\nmaxmemory_policy:noeviction\r\n",
)


class Deployed(RedisSettings):
    """Settings that say they are of production, without all that production asks for."""

    @property
    def is_deployed(self) -> bool:
        return True

    def problems(self) -> Iterator[Any]:
        return iter(())


def look(url: str, kind: type[RedisSettings] = RedisSettings) -> list[Finding]:
    return redis(kind(ENVIRONMENT="test", REDIS_URL=url))


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[PrivateValkey]:
    valkey = PrivateValkey(tmp_path)
    valkey.start()
    yield valkey
    valkey.stop()


def test_one_that_answers(test_services: TestServices) -> None:
    found = look(test_services.redis_url)
    assert [f.verdict for f in found] == ["ok", "ok"]
    assert "is Valkey" in found[0].what or "is Redis" in found[0].what


def test_a_wrong_password(test_services: TestServices) -> None:
    host = test_services.redis_url.rpartition("@")[2]
    found = look(f"redis://:c4n4ry@{host}")
    assert [f.verdict for f in found] == ["error"]
    assert "refuses the user or the password" in found[0].what
    assert "c4n4ry" not in f"{found}"


def test_nobody_is_there() -> None:
    found = look("redis://127.0.0.1:1/0")
    assert [f.verdict for f in found] == ["error"]
    assert "127.0.0.1:1 does not answer" in found[0].what


def test_one_that_will_refuse_to_store(valkey: PrivateValkey) -> None:
    with Redis.from_url(valkey.url) as connection:
        connection.config_set("maxmemory", "100mb")
        assert [f.verdict for f in look(valkey.url)] == ["warning", "ok"]
        connection.config_set("maxmemory-policy", "volatile-ttl")
        assert [f.verdict for f in look(valkey.url)] == ["ok", "ok"]


def test_a_password_that_can_be_read_on_its_way(valkey: PrivateValkey) -> None:
    assert len(look(valkey.url, Deployed)) == 2, "on this machine there is no way"
    far = valkey.url.replace("127.0.0.1", "127.1")  # the same by a name that is not its usual one
    found = look(far, Deployed)
    assert found[1].subject == "encryption of redis"
    assert found[1].verdict == "note"
    assert len(look(far)) == 2, "nor in development"


def test_one_that_is_too_old() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        Thread(target=_serve_as_old, args=(server,), daemon=True).start()
        found = look(f"redis://127.0.0.1:{server.getsockname()[1]}/0")
    assert found[0].verdict == "error"
    assert "is Redis 5.0.7" in found[0].what
    assert "6.2" in found[0].mend


def _serve_as_old(server: socket.socket) -> None:
    connection, _ = server.accept()
    with connection, connection.makefile("rb") as questions:
        while line := questions.readline():
            words = [questions.readline() and questions.readline() for _ in range(int(line[1:]))]
            connection.sendall(_old_answer([word.strip().lower() for word in words]))


def _old_answer(words: list[bytes]) -> bytes:
    if words[0] == b"info":
        text = OLD[words[1] == b"memory"]
        return b"$%d\r\n%s\r\n" % (len(text), text)
    if words[0] == b"time":
        return b"*2\r\n$1\r\n1\r\n$1\r\n0\r\n"
    return b"+OK\r\n"

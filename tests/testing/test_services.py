"""Tests run on services of their own, or on those they are told of, and never on others."""

from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest
from redis import Redis

from padstone import devservices
from padstone.settings import StorageSettings
from padstone.storage.clients import make_clients
from padstone.testing.services import TestServices, test_services

GIVEN = {
    "PADSTONE_TEST_DATABASE_URL": "postgresql://u:c4n4ry@db.example/admin",
    "PADSTONE_TEST_REDIS_URL": "redis://:c4n4ry@cache.example",
    "PADSTONE_TEST_STORAGE_ENDPOINT_URL": "https://s3.example",
    "PADSTONE_TEST_STORAGE_ACCESS_KEY": "c4n4ry-access",
    "PADSTONE_TEST_STORAGE_SECRET_KEY": "c4n4ry-secret",
}


@pytest.fixture(autouse=True)
def nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in GIVEN:
        monkeypatch.delenv(name, raising=False)


def give(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    for name in names:
        monkeypatch.setenv(f"PADSTONE_TEST_{name}", GIVEN[f"PADSTONE_TEST_{name}"])


def test_where_all_are_given_nothing_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, *(name.removeprefix("PADSTONE_TEST_") for name in GIVEN))
    monkeypatch.setattr(devservices, "attach", None)
    with test_services("a") as services:
        assert services == TestServices(
            admin_url=GIVEN["PADSTONE_TEST_DATABASE_URL"],
            storage={
                "STORAGE_ENDPOINT_URL": "https://s3.example",
                "STORAGE_ACCESS_KEY": "c4n4ry-access",
                "STORAGE_SECRET_KEY": "c4n4ry-secret",
            },
            redis_url=GIVEN["PADSTONE_TEST_REDIS_URL"],
            is_embedded=False,
            run="a",
        )
        assert "c4n4ry" not in repr(services)


@pytest.fixture(scope="module")
def services() -> Iterator[TestServices]:
    """Those of this run, which were given or were not."""
    with test_services("a") as found:
        yield found


async def test_each_answers_a_real_client(services: TestServices) -> None:
    connection = await asyncpg.connect(services.admin_url.replace("+asyncpg", ""))
    assert connection.get_server_version().major >= 15
    await connection.close()
    with Redis.from_url(services.redis_url) as redis:
        assert redis.ping()
    settings: dict[str, Any] = services.storage
    clients = make_clients(StorageSettings(**settings))
    assert "Buckets" in clients.quick.list_buckets()


async def test_where_none_is_given_they_are_embedded_and_not_those_of_development() -> None:
    with test_services("a") as services:
        assert services.is_embedded
        connection = await asyncpg.connect(services.admin_url.replace("+asyncpg", ""))
        assert await connection.fetchval("SELECT current_database()") == "test_admin"
        assert await connection.fetchval("SHOW fsync") == "off"
        await connection.close()
        assert set(services.storage) == {
            "STORAGE_ENDPOINT_URL",
            "STORAGE_ACCESS_KEY",
            "STORAGE_SECRET_KEY",
        }


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL"])
def test_what_is_given_is_used_beside_the_embedded_rest(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    give(monkeypatch, name)
    with test_services("a") as services:
        given = GIVEN[f"PADSTONE_TEST_{name}"]
        assert (services.admin_url == given) is (name == "DATABASE_URL")
        assert (services.redis_url == given) is (name == "REDIS_URL")
        assert services.is_embedded is (name != "DATABASE_URL")
        assert "127.0.0.1" in services.storage["STORAGE_ENDPOINT_URL"]


def test_an_empty_variable_gives_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in GIVEN:
        monkeypatch.setenv(name, "")
    with test_services("a") as services:
        assert services.is_embedded


def test_half_a_storage_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, "STORAGE_ENDPOINT_URL", "STORAGE_SECRET_KEY")
    with pytest.raises(ValueError, match="PADSTONE_TEST_STORAGE_ACCESS_KEY must be set") as caught:
        test_services("a").__enter__()
    assert "c4n4ry" not in str(caught.value)

"""Databases come and go, and none that is not a test's is ever touched."""

import asyncio
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from padstone.testing.databases import DatabaseFactory


async def connect(url: str) -> asyncpg.Connection:
    return await asyncpg.connect(url.replace("+asyncpg", ""))


async def names(factory: DatabaseFactory) -> set[str]:
    admin = await factory._connect()
    try:
        rows = await admin.fetch("SELECT datname FROM pg_database")
        return {row["datname"] for row in rows}
    finally:
        await admin.close()


def name_of(url: str) -> str:
    return urlsplit(url).path[1:]


async def test_a_blank_database_is_empty_and_gone_afterwards(
    database_factory: DatabaseFactory,
) -> None:
    async with database_factory.blank() as url, database_factory.blank() as other:
        assert url != other
        connection = await connect(url)
        assert await connection.fetchval("SELECT count(*) FROM pg_stat_user_tables") == 0
        assert {name_of(url), name_of(other)} <= await names(database_factory)
        # It goes although somebody is still connected.
    assert {name_of(url), name_of(other)}.isdisjoint(await names(database_factory))
    await connection.close()


async def test_it_is_gone_after_a_failure_too(database_factory: DatabaseFactory) -> None:
    with pytest.raises(KeyError):
        async with database_factory.blank() as url:
            raise KeyError
    assert name_of(url) not in await names(database_factory)


@pytest.fixture
def system(tmp_path: Path) -> Path:
    versions = tmp_path / "alembic" / "versions"
    versions.mkdir(parents=True)
    (versions / "1.py").write_text("1")
    return tmp_path


class Migrations:
    """Counts how often it is called, and may fail."""

    def __init__(self) -> None:
        self.calls = 0
        self.fails = False

    def __call__(self, url: str) -> None:
        self.calls += 1

        async def create() -> None:
            connection = await connect(url)
            await connection.execute("CREATE TABLE things AS SELECT 7 AS id")
            await connection.close()

        # As Alembic does while a loop runs.
        thread = Thread(target=asyncio.run, args=[create()])
        thread.start()
        thread.join()
        if self.fails:
            raise KeyError(url)


@pytest.fixture
async def template(database_factory: DatabaseFactory, system: Path) -> Any:
    """Makes templates, and drops them after the test."""
    made: set[str] = set()

    async def make(migrate: Any, name: str = "of_a_test") -> str:
        made.add(found := await database_factory.template(name, system, migrate))
        return found

    yield make
    admin = await database_factory._connect()
    for name in made:
        await admin.execute(f'ALTER DATABASE "{name}" IS_TEMPLATE false')
        await admin.execute(f'DROP DATABASE "{name}"')
    await admin.close()


async def test_a_template_is_made_once_and_cloned(
    database_factory: DatabaseFactory, template: Any
) -> None:
    migrate = Migrations()
    made = await asyncio.gather(*(template(migrate) for _ in range(3)))
    assert len(set(made)) == 1
    assert migrate.calls == 1
    async with database_factory.clone(made[0]) as url:
        connection = await connect(url)
        assert await connection.fetchval("SELECT id FROM things") == 7
        await connection.execute("DELETE FROM things")
        await connection.close()
    async with database_factory.clone(made[0]) as url:
        connection = await connect(url)
        assert await connection.fetchval("SELECT id FROM things") == 7
        await connection.close()


async def test_a_changed_migration_makes_a_new_template(template: Any, system: Path) -> None:
    migrate = Migrations()
    first = await template(migrate)
    (system / "alembic" / "versions" / "2.py").write_text("2")
    assert await template(migrate) != first
    assert migrate.calls == 2


async def test_a_migration_that_failed_is_done_again(template: Any) -> None:
    migrate = Migrations()
    migrate.fails = True
    with pytest.raises(KeyError):
        await template(migrate)
    migrate.fails = False
    await template(migrate)
    assert migrate.calls == 2


FOREIGN = [
    "postgres",
    "shop",
    "production",
    "template1",
    "tests",
    "test",
    "test_",
    "Test_shop",
    "test_shop-1",
    'test_"; DROP DATABASE shop; --',
    "test_shop\n",
    "not_test_shop",
    "test_" + "x" * 59,
    "",
]


@pytest.mark.parametrize("name", FOREIGN)
async def test_what_is_not_a_tests_is_refused(database_factory: DatabaseFactory, name: str) -> None:
    before = await names(database_factory)
    with pytest.raises(ValueError, match="Nothing was touched"):
        database_factory.url(name)
    with pytest.raises(ValueError, match="Nothing was touched"):
        await database_factory.clone(name).__aenter__()
    admin = await database_factory._connect()
    with pytest.raises(ValueError, match="Nothing was touched"):
        await database_factory._create(admin, name, "template0")
    await admin.close()
    assert name in before or name not in await names(database_factory)


async def test_a_system_whose_name_makes_no_database_is_refused(template: Any) -> None:
    migrate = Migrations()
    with pytest.raises(ValueError, match="Nothing was touched"):
        await template(migrate, "my-shop")
    assert migrate.calls == 0


def test_a_url_leads_to_the_same_server_as_the_same_user() -> None:
    factory = DatabaseFactory("postgresql+asyncpg://u:p@db.example:5/admin?host=x")
    assert factory.url("test_a") == "postgresql+asyncpg://u:p@db.example:5/test_a?host=x"

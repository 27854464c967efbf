"""A database is emptied on purpose only, and wholly."""

import asyncio

import asyncpg
import pytest

from padstone import migrations
from padstone.migrations import MigrationError
from padstone.settings import DatabaseSettings

from .conftest import TinySystem


@pytest.fixture
def filled(system: TinySystem, settings: DatabaseSettings) -> DatabaseSettings:
    """A migrated system, one of whose tables has a schema of its own."""
    system.revise(
        "aaa",
        """\
        op.create_table("items", sa.Column("id", sa.Integer))
        op.execute('CREATE SCHEMA "More Jobs"')
        op.execute('CREATE TABLE "More Jobs".queue (id int)')
        """,
    )
    migrations.upgrade(settings)
    return settings


def name_of(settings: DatabaseSettings) -> str:
    return str(settings.DATABASE_URL).rpartition("/")[2]


async def test_a_confirmed_reset_leaves_the_migrations_and_no_row(
    filled: DatabaseSettings, psql: asyncpg.Connection
) -> None:
    await psql.execute('INSERT INTO items VALUES (1); INSERT INTO "More Jobs".queue VALUES (1)')
    await psql.execute("CREATE TABLE scratch (id int)")
    said: list[str] = []
    await asyncio.to_thread(migrations.reset, filled, confirm=name_of(filled), say=said.append)
    assert said == ["applied aaa: aaa"]
    assert await psql.fetchval('SELECT count(*) FROM items, "More Jobs".queue') == 0
    assert await psql.fetchval("SELECT to_regclass('scratch')") is None
    # The schema is as PostgreSQL makes it: readable by all, writable by the owner.
    assert await psql.fetchval("SELECT has_schema_privilege('public', 'public', 'USAGE')")
    assert not await psql.fetchval("SELECT has_schema_privilege('public', 'public', 'CREATE')")


@pytest.mark.parametrize("confirm", [None, "other", ""])
async def test_a_given_database_is_confirmed_by_its_name(
    filled: DatabaseSettings, psql: asyncpg.Connection, confirm: str | None
) -> None:
    with pytest.raises(MigrationError, match=f"--confirm {name_of(filled)}.*Nothing was touched"):
        await asyncio.to_thread(migrations.reset, filled, confirm=confirm)
    assert await psql.fetchval("SELECT count(*) FROM items") == 0


@pytest.mark.parametrize("environment", ["staging", "production"])
async def test_a_deployed_database_is_never_emptied(
    filled: DatabaseSettings, psql: asyncpg.Connection, environment: str
) -> None:
    deployed = filled.model_copy(update={"ENVIRONMENT": environment})
    with pytest.raises(MigrationError, match=f"ENVIRONMENT={environment}.*Nothing was touched"):
        await asyncio.to_thread(migrations.reset, deployed, confirm=name_of(filled))
    assert await psql.fetchval("SELECT count(*) FROM items") == 0


@pytest.mark.usefixtures("embedded")
def test_the_embedded_database_needs_no_confirmation(system: TinySystem) -> None:
    system.revise("aaa", 'op.create_table("items", sa.Column("id", sa.Integer))')
    said: list[str] = []
    for _ in range(2):
        migrations.reset(system.settings(), say=said.append)
    assert said == ["applied aaa: aaa"] * 2


async def test_a_database_in_use_is_left_alone(
    filled: DatabaseSettings, psql: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("padstone.migrations.emptying._LOCK_TIMEOUT_MS", 10)
    async with psql.transaction():
        await psql.execute("INSERT INTO items VALUES (1)")
        with pytest.raises(MigrationError, match="in use"):
            await asyncio.to_thread(migrations.reset, filled, confirm=name_of(filled))
    assert await psql.fetchval("SELECT count(*) FROM items") == 1

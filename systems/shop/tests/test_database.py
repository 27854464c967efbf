"""B1 and B3: the connection to PostgreSQL, and the tables in it."""

import re

import httpx2
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.config import Settings
from app.models import Base
from padstone.db import Database
from padstone.errors import UnavailableError
from padstone.testing.running import Running
from padstone.testing.servers import free_port


async def test_b3_the_database_answers(client: httpx2.AsyncClient, running: Running) -> None:
    await running.state["database"].check()
    answer = await client.get("/health")
    assert answer.json() == {"status": "healthy", "database": "connected", "version": "0.1.0"}


async def test_b3_it_is_postgresql_15_or_newer(session: AsyncSession) -> None:
    version = await session.scalar(text("SHOW server_version_num"))
    assert int(version) >= 15_00_00


async def test_b3_a_database_that_is_not_there_is_named() -> None:
    port = free_port()
    settings = Settings(
        DATABASE_URL=f"postgresql+asyncpg://shop:secret@127.0.0.1:{port}/shop",
        DATABASE_STARTUP_TIMEOUT_SECONDS=0.2,
    )
    with pytest.raises(UnavailableError) as refused:
        await Database(settings).open()
    assert f"127.0.0.1:{port}" in refused.value.detail
    assert "secret" not in refused.value.detail


async def test_b3_what_one_session_commits_the_next_one_reads(
    running: Running, session: AsyncSession
) -> None:
    await session.execute(
        text("INSERT INTO categories (id, slug, name) VALUES (gen_random_uuid(), 'a', 'A')")
    )
    await session.commit()
    async with running.state["database"].read_session() as reading:
        found = await reading.execute(text("SELECT name, created_at, updated_at FROM categories"))
        name, created_at, updated_at = found.one()
    assert name == "A"
    assert created_at == updated_at


@pytest.mark.parametrize("table", ["products", "categories", "users"])
def test_b1_tables_have_uuid_keys_and_times(table: str) -> None:
    columns = Base.metadata.tables[table].c
    assert columns["id"].type.python_type.__name__ == "UUID"
    assert {"created_at", "updated_at"} <= set(columns.keys())


async def test_b1_the_migrations_have_made_every_table(session: AsyncSession) -> None:
    found = await session.scalars(
        text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    )
    assert set(found) == {*Base.metadata.tables, "alembic_version"}


async def test_b1_a_change_moves_updated_at_however_it_is_made(session: AsyncSession) -> None:
    await session.execute(
        text("INSERT INTO categories (id, slug, name) VALUES (gen_random_uuid(), 'a', 'A')")
    )
    moved = await session.execute(
        text("UPDATE categories SET name = 'B' RETURNING updated_at > created_at, revision")
    )
    assert tuple(moved.one()) == (True, 2)


def test_b1_every_amount_has_its_unit_in_its_name() -> None:
    for table in Base.metadata.tables.values():
        for column in table.c:
            if re.search(r"price|total|amount", column.name):
                assert column.name.endswith("_minor"), f"{table.name}.{column.name}"
                assert column.type.python_type is int

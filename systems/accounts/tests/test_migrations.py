"""C2 and C11: up, down and up again with rows in every table, and nothing left over."""

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Account, Base, IdempotencyRecord, StoredObject
from app.services.accounts import find_or_create_account
from app.services.credits import ledger
from app.services.keys import api_keys
from padstone.auth import ApiKeyService
from padstone.db import Database
from padstone.settings import DatabaseSettings

FOLDER = Path(__file__).resolve().parents[1]


async def _alembic(url: str, *words: str) -> str:
    """Runs plain ``alembic`` as a process, in the system's folder."""
    environment = {"PATH": os.environ["PATH"], "ENVIRONMENT": "test", "DATABASE_URL": url}
    done = await asyncio.to_thread(
        subprocess.run,
        [Path(sys.executable).with_name("alembic"), *words],
        cwd=FOLDER,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


async def _fill(database: Database) -> None:
    """A row in every table."""
    async with database.session() as session:
        account = await find_or_create_account(session, "someone@example.com")
        await ApiKeyService(session, api_keys).create(account.id, name="k", scopes=[])
        await ledger.hold(session, account.id, 5, key="h", lifetime=timedelta(minutes=1))
        session.add(
            StoredObject(
                account_id=account.id,
                name="a",
                content_type="a/b",
                size_bytes=1,
                upload_expires_at=datetime.now(UTC),
            )
        )
        session.add(
            IdempotencyRecord(
                principal="p",
                operation="POST /x",
                key="k",
                request_hash=b"0" * 32,
                status=201,
                headers={},
                body=b"{}",
                expires_at=datetime.now(UTC),
            )
        )
        await session.flush()
        for name in Base.metadata.tables:
            count = await session.scalar(text(f'SELECT count(*) FROM "{name}"'))  # noqa: S608
            assert count, f"{name} has no row"


async def test_c2_up_down_and_up_with_rows_in_every_table(blank_database: str) -> None:
    await _alembic(blank_database, "upgrade", "head")
    database = Database(DatabaseSettings(DATABASE_URL=blank_database, DATABASE_POOL_MIN_SIZE=0))
    await _fill(database)
    await _alembic(blank_database, "downgrade", "-1")
    await _alembic(blank_database, "downgrade", "base")
    async with database.engine.connect() as connection:
        left = await connection.execute(
            text(
                "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace "
                "WHERE nspname = 'public' AND relname NOT LIKE 'alembic_version%' "
                "UNION ALL SELECT proname FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace "
                "WHERE nspname = 'public' "
                "UNION ALL SELECT typname FROM pg_type JOIN pg_namespace n ON n.oid = typnamespace "
                "WHERE nspname = 'public' AND typtype = 'e'"
            )
        )
        assert list(left.scalars()) == []
    await database.close()
    await _alembic(blank_database, "upgrade", "head")
    await _alembic(blank_database, "check")
    assert "(head)" in await _alembic(blank_database, "current")


async def test_c11_however_a_row_is_written_its_times_are_right(session: AsyncSession) -> None:
    account = await find_or_create_account(session, "someone@example.com")
    await session.execute(
        text("UPDATE accounts SET updated_at = 'epoch', revision = 1 WHERE id = :id"),
        {"id": account.id},
    )
    await session.refresh(account)
    written, revision = account.updated_at, account.revision
    assert written.year > 2000
    account.email = "else@example.com"
    await session.flush()
    assert account.revision == revision + 1


async def test_c11_a_deleted_accounts_address_is_free_again(session: AsyncSession) -> None:
    first = await find_or_create_account(session, "Someone@Example.com")
    first.deleted_at = datetime.now(UTC)
    await session.flush()
    second = await find_or_create_account(session, "someone@example.com")
    assert second.id != first.id
    assert await session.get(Account, first.id, populate_existing=True) is None


@pytest.mark.parametrize("table", ["accounts", "api_keys", "credit_holds", "objects"])
def test_c11_tables_have_uuid_keys_and_times(table: str) -> None:
    columns = Base.metadata.tables[table].c
    assert columns["id"].type.python_type.__name__ == "UUID"
    assert {"created_at", "updated_at"} <= set(columns.keys())

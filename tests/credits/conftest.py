"""A small system with credits, on a database of the test's own whose clock can be set forward."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from sqlalchemy import ForeignKey, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from padstone.credits import (
    CreditAccountColumns,
    CreditEntryColumns,
    CreditHoldColumns,
    Ledger,
    append_only_sql,
)
from padstone.db import Database
from padstone.migrations.triggers import triggers_sql
from padstone.models import Identified, SoftDeleted, TableBase, Timestamped, new_metadata
from padstone.settings import DatabaseSettings


class Base(DeclarativeBase, TableBase):
    metadata = new_metadata()


class Account(Identified, CreditAccountColumns, Timestamped, SoftDeleted, Base):
    __tablename__ = "accounts"
    __table_args__ = {"comment": "A system may say this"}  # noqa: RUF012


class CreditEntry(Identified, CreditEntryColumns, Base):
    __tablename__ = "credit_entries"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))


class CreditHold(Identified, CreditHoldColumns, Timestamped, Base):
    __tablename__ = "credit_holds"

    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), index=True
    )


# PostgreSQL looks into pg_catalog first unless the search path says otherwise. So these stand in
# for its own functions in what the ledger asks, and in the default of created_at.
CLOCK = """
CREATE SCHEMA clock;
CREATE TABLE clock.ahead AS SELECT interval '0' AS by;
CREATE FUNCTION clock.clock_timestamp() RETURNS timestamptz VOLATILE LANGUAGE sql
    AS 'SELECT pg_catalog.clock_timestamp() + by FROM clock.ahead';
CREATE FUNCTION clock.now() RETURNS timestamptz STABLE LANGUAGE sql
    AS 'SELECT pg_catalog.now() + by FROM clock.ahead';
DO $$ BEGIN EXECUTE format(
    'ALTER DATABASE %I SET search_path = public, clock, pg_catalog', current_database()
); END $$
"""


@pytest.fixture
def ledger() -> Ledger[Any, Any]:
    return Ledger(account=Account, entry=CreditEntry, hold=CreditHold)


@pytest_asyncio.fixture
async def database(blank_database: str) -> AsyncIterator[Database]:
    """A database with the clock, the tables and their triggers, where waiting is no failure."""
    patient = DatabaseSettings(
        DATABASE_URL=blank_database,
        DATABASE_POOL_MIN_SIZE=0,
        DATABASE_POOL_TIMEOUT_SECONDS=120,
        DATABASE_LOCK_TIMEOUT_MS=0,
    )
    database = Database(patient)
    async with database.engine.begin() as connection:
        for statement in CLOCK.split(";\n"):
            await connection.execute(text(statement))
    await database.engine.dispose()  # the search path is for new connections
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
        for statement in (*triggers_sql(Base.metadata), *append_only_sql("credit_entries")):
            await connection.execute(text(statement))
    yield database
    await database.close()


@dataclass
class Books:
    """What tests do with accounts, each call in a transaction of its own."""

    database: Database
    ledger: Ledger[Any, Any]

    async def account(self, *, funds: int = 0) -> UUID:
        async with self.database.session() as session:
            account = Account()
            session.add(account)
            await session.flush()
            if funds:
                await self.ledger.grant(session, account.id, funds, key="funds")
            return account.id

    async def do(self, method: str, *arguments: Any, **options: Any) -> Any:
        """Calls a method of the ledger."""
        async with self.database.session() as session:
            return await getattr(self.ledger, method)(session, *arguments, **options)

    async def balance(self, account_id: UUID) -> int:
        return int(
            await self.one("SELECT credits_balance_micros FROM accounts WHERE id=:id", account_id)
        )

    async def entries(self, account_id: UUID) -> list[tuple[str, int, int]]:
        """Kind, delta and balance of each entry, in order."""
        async with self.database.read_session() as session:
            rows = await session.execute(
                text(
                    "SELECT kind, delta_micros, balance_after_micros FROM credit_entries"
                    " WHERE account_id = :id ORDER BY sequence"
                ),
                {"id": account_id},
            )
            return [tuple(row) for row in rows]

    async def one(self, statement: str, id: Any = None) -> Any:  # noqa: A002
        async with self.database.session() as session:
            return (await session.execute(text(statement), {"id": id} if id else {})).scalar_one()

    async def pass_time(self, by: timedelta) -> None:
        async with self.database.session() as session:
            await session.execute(text("UPDATE clock.ahead SET by = by + :by"), {"by": by})


@pytest.fixture
def books(database: Database, ledger: Ledger[Any, Any]) -> Books:
    return Books(database, ledger)


@pytest_asyncio.fixture
async def account_id(books: Books) -> UUID:
    """An account with 100 micros."""
    return await books.account(funds=100)


@pytest.fixture
def hold(books: Books, account_id: UUID) -> Callable[..., Awaitable[Any]]:
    async def make(amount: int = 40, **options: Any) -> Any:
        values = {"key": f"hold {amount}", "lifetime": timedelta(hours=1), **options}
        return await books.do("hold", account_id, amount, **values)

    return make

"""A small system that meters its calls, for the tests of metering and of what stands on it."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from padstone.credits import (
    CreditAccountColumns,
    CreditEntryColumns,
    CreditHoldColumns,
    Ledger,
    append_only_sql,
    audit,
)
from padstone.db import Database
from padstone.metering import Meter, MeteredCallColumns, OpenedMeter, Price, Reservation
from padstone.migrations.triggers import triggers_sql
from padstone.models import Identified, TableBase, Timestamped, new_metadata
from padstone.providers import ChatChunk, Delta, Usage

__all__ = ["MICRO_PRICE", "Books", "Call", "chunks_of", "create_tables", "ledger", "words"]

MICRO_PRICE = Price(prompt=1_000_000, completion=2_000_000)
"""A micro for a token that is read, two for one that is written."""


class Base(DeclarativeBase, TableBase):
    metadata = new_metadata()


class Account(Identified, CreditAccountColumns, Timestamped, Base):
    __tablename__ = "accounts"


class CreditEntry(Identified, CreditEntryColumns, Base):
    __tablename__ = "credit_entries"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))


class CreditHold(Identified, CreditHoldColumns, Timestamped, Base):
    __tablename__ = "credit_holds"

    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), index=True
    )


class Call(Identified, MeteredCallColumns, Timestamped, Base):
    __tablename__ = "metered_calls"

    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), index=True
    )


ledger = Ledger(account=Account, entry=CreditEntry, hold=CreditHold)


async def create_tables(database: Database) -> None:
    """Makes the tables, with their triggers."""
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
        for statement in (*triggers_sql(Base.metadata), *append_only_sql("credit_entries")):
            await connection.execute(text(statement))


async def chunks_of(*chunks: ChatChunk | Exception) -> AsyncGenerator[ChatChunk]:
    """A provider's stream."""
    for chunk in chunks:
        if isinstance(chunk, Exception):
            raise chunk
        yield chunk


def words(*said: str, usage: Usage | None = None) -> list[ChatChunk]:
    """Chunks that say these words, and the usage if there is one."""
    chunks = [ChatChunk.of(Delta(content=word)) for word in said]
    return [*chunks, *([ChatChunk(usage=usage)] if usage else [])]


@dataclass
class Books:
    """What tests do with calls."""

    database: Database
    meter: OpenedMeter
    account_id: UUID

    @classmethod
    async def open(cls, database: Database, *, funds: int = 10_000, **options: Any) -> "Books":
        """An account with these funds."""
        async with database.session() as session:
            account = Account()
            session.add(account)
            await session.flush()
            await ledger.grant(session, account.id, funds, key="funds")
        return cls(database, OpenedMeter(Meter(ledger, Call, **options), database), account.id)

    async def reserve(
        self, prompt: int = 100, completion: int = 100, price: Price = MICRO_PRICE
    ) -> Reservation:
        """A call that may use so many tokens."""
        most = Usage(prompt_tokens=prompt, completion_tokens=completion)
        async with self.meter.session() as session:
            return await self.meter.reserve(
                session, self.account_id, model="m", price=price, most=most
            )

    async def settle(self, reserved: Reservation, prompt: int, completion: int) -> Any:
        """Settles in a transaction of its own."""
        usage = Usage(prompt_tokens=prompt, completion_tokens=completion)
        async with self.database.session() as session:
            return await self.meter.meter.settle(session, reserved.id, usage)

    async def call(self, reserved: Reservation) -> Call:
        """The row, as it is now."""
        async with self.database.read_session() as session:
            return (await session.scalars(select(Call).where(Call.id == reserved.id))).one()

    async def balance(self) -> int:
        """What the account can spend."""
        async with self.database.read_session() as session:
            return (
                await session.scalars(
                    select(Account.credits_balance_micros).where(Account.id == self.account_id)
                )
            ).one()

    async def age(self, reserved: Reservation, seconds: int = 60) -> None:
        """As if its process had said nothing for so long."""
        async with self.database.session() as session:
            await session.execute(
                text(
                    "UPDATE metered_calls SET seen_at = seen_at - make_interval(secs => :s)"
                    " WHERE id = :id"
                ),
                {"s": seconds, "id": reserved.id},
            )

    async def adds_up(self) -> bool:
        """Whether the ledger does."""
        async with self.database.session() as session:
            return not await audit(session, ledger)

    async def reconcile_apart(self) -> int:
        """As another process would."""
        return await OpenedMeter(self.meter.meter, self.database).reconcile()

"""A safe with secrets, on a database of the test's own, and rings of known keys."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from padstone.crypto import Ciphertext, Encrypted, KeyRing
from padstone.db import Database
from padstone.ids import new_id
from padstone.migrations.triggers import triggers_sql
from padstone.models import (
    Identified,
    Revisioned,
    SoftDeleted,
    TableBase,
    Timestamped,
    new_metadata,
)
from padstone.settings import DatabaseSettings, EncryptionKey


class Base(DeclarativeBase, TableBase):
    metadata = new_metadata()


class Secret(Identified, Timestamped, Revisioned, SoftDeleted, Base):
    __tablename__ = "secrets"
    name: Mapped[str] = mapped_column(default="")
    value: Mapped[Ciphertext] = mapped_column(Encrypted())
    # An attribute may have another name than its column.
    hint: Mapped[Ciphertext | None] = mapped_column("the_hint", Encrypted())


class Twin(Identified, Base):
    """Another table with the same columns."""

    __tablename__ = "twins"
    value: Mapped[Ciphertext] = mapped_column(Encrypted())


class Pin(Base):
    """A key of two parts, and no id."""

    __tablename__ = "pins"
    card: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    pin: Mapped[Ciphertext] = mapped_column(Encrypted())


KEYS = {name: EncryptionKey(name, name.encode() * 16) for name in ("k1", "k2", "k3")}


def ring(*names: str) -> KeyRing:
    return KeyRing([KEYS[name] for name in names])


@pytest_asyncio.fixture
async def database(blank_database: str) -> AsyncIterator[Database]:
    database = Database(DatabaseSettings(DATABASE_URL=blank_database, DATABASE_POOL_MIN_SIZE=0))
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
        for statement in triggers_sql(Base.metadata):
            await connection.execute(text(statement))
    yield database
    await database.close()


class Safe:
    """What tests do with secrets."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def put(self, keyring: KeyRing, *texts: str, **values: Any) -> list[UUID]:
        """The ids of new rows with these secrets."""
        secrets = [Secret(id=new_id(), **values) for _ in texts]
        for secret, plain in zip(secrets, texts, strict=True):
            keyring.seal(secret, "value", plain)
        async with self.database.session() as session:
            session.add_all(secrets)
        return [secret.id for secret in secrets]

    async def get(self, secret_id: UUID) -> Secret:
        async with self.database.session() as session:
            options = {"include_deleted": True}
            return await session.get_one(Secret, secret_id, execution_options=options)

    async def execute(self, statement: str, **values: Any) -> None:
        async with self.database.session() as session:
            await session.execute(text(statement), values)

    async def dump(self) -> str:
        """Every column of every table as text, bytes in all their forms."""
        lines = []
        async with self.database.session() as session:
            for table in Base.metadata.sorted_tables:
                rows = await session.execute(text(f"SELECT to_jsonb(t)::text FROM {table} t"))  # noqa: S608
                lines += list(rows.scalars())
        return "\n".join(lines)


@pytest.fixture
def safe(database: Database) -> Safe:
    return Safe(database)

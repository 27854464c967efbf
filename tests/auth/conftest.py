"""A small system with API keys: accounts that own them, on a database of the test's own."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from sqlalchemy import ForeignKey, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from padstone.auth import (
    CHANNEL,
    KEY_COLUMNS,
    ApiKeyAuthenticator,
    ApiKeyColumns,
    ApiKeys,
    ApiKeyService,
    NewKey,
)
from padstone.db import Database, Listener
from padstone.migrations.triggers import notify_sql, triggers_sql
from padstone.models import Identified, SoftDeleted, TableBase, Timestamped, new_metadata
from padstone.settings import DatabaseSettings


class Base(DeclarativeBase, TableBase):
    metadata = new_metadata()


class Account(Identified, Timestamped, SoftDeleted, Base):
    __tablename__ = "accounts"

    email: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="active")
    role: Mapped[str] = mapped_column(server_default="writer")


class ApiKey(Identified, ApiKeyColumns, Timestamped, Base):
    __tablename__ = "api_keys"

    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), index=True
    )


def describe(**options: Any) -> ApiKeys:
    return ApiKeys(
        model=ApiKey,
        owner=Account,
        owner_column="account_id",
        is_active=Account.status == "active",
        scopes=["keys:read", "keys:write", "things:read", "things:write"],
        **options,
    )


@pytest.fixture
def keys() -> ApiKeys:
    return describe()


@pytest_asyncio.fixture
async def database(database: Database) -> Database:
    """The plugin's empty database, with the tables and their triggers."""
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
        for statement in (
            *triggers_sql(Base.metadata),
            *notify_sql("api_keys", CHANNEL, "key_hash", on=KEY_COLUMNS),
            *notify_sql("accounts", CHANNEL, "id", on=["status", "role", "deleted_at"]),
        ):
            await connection.execute(text(statement))
    return database


@pytest.fixture
def settings(blank_database: str) -> DatabaseSettings:
    return DatabaseSettings(DATABASE_URL=blank_database)


@pytest_asyncio.fixture
async def owner_id(database: Database) -> UUID:
    return await add_owner(database)


async def add_owner(database: Database, email: str = "someone@example.com") -> UUID:
    async with database.session() as session:
        account = Account(email=email)
        session.add(account)
        await session.flush()
        return account.id


@pytest.fixture
def new_owner(database: Database) -> Callable[[], Awaitable[UUID]]:
    async def add() -> UUID:
        return await add_owner(database, "another@example.com")

    return add


@pytest.fixture
def new_key(database: Database, keys: ApiKeys, owner_id: UUID) -> Callable[..., Awaitable[NewKey]]:
    """Makes a committed key of ``owner_id``."""

    async def make(**options: Any) -> NewKey:
        values: dict[str, Any] = {"name": "laptop", "scopes": ["things:read"], **options}
        async with database.session() as session:
            return await ApiKeyService(session, keys).create(
                values.pop("owner_id", owner_id), **values
            )

    return make


@pytest.fixture
def opened(database: Database, settings: DatabaseSettings) -> Callable[..., Any]:
    """Opens an authenticator, as ``create_app`` does; each one stands for a process."""

    @asynccontextmanager
    async def open_one(**options: Any) -> AsyncIterator[ApiKeyAuthenticator]:
        listener = Listener(settings)
        authenticator = ApiKeyAuthenticator(describe(**options), listener)
        await authenticator.open(database)
        listener.start()
        try:
            yield authenticator
        finally:
            await listener.stop()
            await authenticator.close()

    return open_one

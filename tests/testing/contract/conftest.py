"""Applications with and without a fault, on tables that are made once."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio
from fastapi import APIRouter
from sqlalchemy import text

from contracted import Base, ThingsWorld, keys, routes
from padstone.app import create_app
from padstone.auth import CHANNEL, KEY_COLUMNS
from padstone.db import Database
from padstone.migrations.triggers import notify_sql, triggers_sql
from padstone.settings import DatabaseSettings
from padstone.testing.contract import World
from padstone.testing.databases import DatabaseFactory
from padstone.testing.running import run

MakeWorld = Callable[..., AbstractAsyncContextManager[World]]


class ThingsSettings(DatabaseSettings):
    SYSTEM = "things"


@asynccontextmanager
async def _things(factory: DatabaseFactory) -> AsyncIterator[DatabaseSettings]:
    async with factory.blank() as url:
        settings = ThingsSettings(
            DATABASE_URL=url,
            DATABASE_POOL_MIN_SIZE=0,
            DATABASE_STARTUP_TIMEOUT_SECONDS=0,
            STREAM_MAX_SECONDS=0.2,
        )
        database = Database(settings)
        async with database.engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
            for statement in (
                *triggers_sql(Base.metadata),
                *notify_sql("api_keys", CHANNEL, "key_hash", on=KEY_COLUMNS),
                *notify_sql("accounts", CHANNEL, "id", on=["email", "deleted_at"]),
            ):
                await connection.execute(text(statement))
        await database.close()
        yield settings


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def things_settings(database_factory: DatabaseFactory) -> AsyncIterator[DatabaseSettings]:
    """Settings that name a database with the tables and their triggers."""
    async with _things(database_factory) as settings:
        yield settings


@pytest_asyncio.fixture
async def own_things_settings(database_factory: DatabaseFactory) -> AsyncIterator[DatabaseSettings]:
    """The same for a test that leaves rows behind."""
    async with _things(database_factory) as settings:
        yield settings


@pytest.fixture
def make_world(things_settings: DatabaseSettings) -> MakeWorld:
    """The small system with further routes, in a transaction that is undone."""

    @asynccontextmanager
    async def make(*further: APIRouter, kind: type[World] = ThingsWorld, **options: Any) -> Any:
        app = create_app(
            things_settings,
            title="Things",
            version="1",
            routers=[routes, *further],
            api_keys=keys,
            **options,
        )
        async with run(app, things_settings) as running:
            opened: Database = running.state["database"]
            async with opened.engine.connect() as connection, opened.pinned(connection):
                transaction = await connection.begin()
                async with running.client() as client:
                    yield kind(running, client)
                await transaction.rollback()

    return make

"""The small shop, started once on a database of its own; each test's writes are undone."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio
from fastapi import APIRouter
from sqlalchemy import text

from padstone.app import Application, create_app
from padstone.auth import ApiKeyService
from padstone.db import Database
from padstone.migrations.triggers import triggers_sql
from padstone.settings import DatabaseSettings
from padstone.testing.databases import DatabaseFactory
from padstone.testing.running import Running, run
from small_shop.callers import Caller, MakeCaller
from small_shop.resources import RESOURCES
from small_shop.tables import SCOPES, Account, Base, api_keys


def make_app(settings: DatabaseSettings) -> Application:
    api = APIRouter(prefix="/api")
    for resource in RESOURCES:
        api.include_router(resource.router)
    return create_app(settings, title="Shop", version="1.0.0", routers=[api], api_keys=api_keys)


@asynccontextmanager
async def started_on(url: str) -> AsyncIterator[Running]:
    """The shop on an empty database."""
    settings = DatabaseSettings(
        DATABASE_URL=url, DATABASE_POOL_MIN_SIZE=1, DATABASE_LOCK_TIMEOUT_MS=2_000
    )
    database = Database(settings)
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
        for statement in triggers_sql(Base.metadata):
            await connection.execute(text(statement))
    await database.close()
    async with run(make_app(settings), settings) as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared_running(database_factory: DatabaseFactory) -> AsyncIterator[Running]:
    async with database_factory.blank() as url, started_on(url) as running:
        yield running


@pytest_asyncio.fixture
async def running(
    request: pytest.FixtureRequest, shared_running: Running, database_factory: DatabaseFactory
) -> AsyncIterator[Running]:
    """Inside one transaction that is undone after the test, or on a database of the test's own."""
    if request.node.get_closest_marker("committed") is not None:
        async with database_factory.blank() as url, started_on(url) as running:
            yield running
        return
    database: Database = shared_running.state["database"]
    async with database.engine.connect() as connection:
        transaction = await connection.begin()
        async with database.pinned(connection):
            yield shared_running
        await transaction.rollback()


@pytest_asyncio.fixture
async def make_caller(running: Running) -> AsyncIterator[MakeCaller]:
    """Makes an account with a key of the given scopes, all by default."""
    async with AsyncExitStack() as stack:

        async def make(scopes: list[str] = SCOPES) -> Caller:
            database: Database = running.state["database"]
            async with database.session() as session:
                account = Account()
                session.add(account)
                await session.flush()
                made = await ApiKeyService(session, api_keys).create(
                    account.id, name="key", scopes=scopes
                )
            headers = {"Authorization": f"Bearer {made.secret}"}
            client = await stack.enter_async_context(running.client(headers=headers))
            return Caller(account.id, client)

        yield make


@pytest_asyncio.fixture
async def ann(make_caller: MakeCaller) -> Caller:
    return await make_caller()


@pytest_asyncio.fixture
async def ben(make_caller: MakeCaller) -> Caller:
    return await make_caller()


@pytest.fixture
def nobody(client: httpx2.AsyncClient) -> Caller:
    """Whoever shows no key."""
    return Caller(UUID(int=0), client)

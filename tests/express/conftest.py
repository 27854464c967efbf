"""One application whose resource has a column of every kind, asked in both lanes."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from fastapi import APIRouter
from sqlalchemy import text

from lane_system import RESOURCES, SCOPES, Account, Base, account, api_keys, things
from padstone.app import create_app
from padstone.auth import ApiKeyService, RateLimited
from padstone.db import Database
from padstone.express import Known, PathTable
from padstone.migrations.triggers import triggers_sql
from padstone.settings import DatabaseSettings
from padstone.testing.databases import DatabaseFactory
from padstone.testing.running import Running, run

# What differs between any two answers.
VOLATILE = {"x-request-id", "server-timing", "date"}


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def running(database_factory: DatabaseFactory) -> AsyncIterator[Running]:
    api = APIRouter(prefix="/api")
    for resource in RESOURCES:
        api.include_router(resource.router)
    api.include_router(account.router)
    limit = RateLimited("5/hour", by="principal", name="limited")
    api.include_router(things.router, prefix="/limited", dependencies=[limit])
    async with database_factory.blank() as url:
        settings = DatabaseSettings(DATABASE_URL=url, DATABASE_POOL_MIN_SIZE=1)
        database = Database(settings)
        async with database.engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
            for statement in triggers_sql(Base.metadata):
                await connection.execute(text(statement))
        await database.close()
        app = create_app(settings, title="Lanes", version="1", routers=[api], api_keys=api_keys)
        async with run(app, settings) as started:
            yield started


@dataclass
class Lanes:
    """Asks in one lane or in both. ``express`` counts what the express lane has answered."""

    running: Running
    client: httpx2.AsyncClient
    table: PathTable[Known]
    headers: dict[str, str]
    express: int = 0
    account: Any = None

    @contextmanager
    def off(self) -> Iterator[None]:
        """Within the block, all is answered in the session lane."""
        self.running.app.express = None
        try:
            yield
        finally:
            self.running.app.express = self.table

    async def one(self, method: str, path: str, **options: Any) -> httpx2.Response:
        headers = {**self.headers, **options.pop("headers", {})}
        return await self.client.request(method, f"/api{path}", headers=headers, **options)

    async def both(self, method: str, path: str, **options: Any) -> httpx2.Response:
        """The answer, after both lanes have given the same."""
        here = await self.one(method, path, **options)
        with self.off():
            there = await self.one(method, path, **options)
        assert shown(here) == shown(there)
        return here


def shown(answer: httpx2.Response) -> tuple[int, dict[str, str], bytes]:
    """What is the same in both lanes; a problem has the request's id in its body, too."""
    headers = {name: value for name, value in answer.headers.items() if name not in VOLATILE}
    body = answer.content.replace(answer.headers["x-request-id"].encode(), b"")
    return answer.status_code, headers, body


async def made_key(running: Running, scopes: list[str]) -> tuple[Account, dict[str, str]]:
    """A new account, and what shows a key of it."""
    async with running.state["database"].session() as session:
        account = Account()
        session.add(account)
        await session.flush()
        service = ApiKeyService(session, api_keys)
        key = await service.create(account.id, name="key", scopes=scopes)
    return account, {"Authorization": f"Bearer {key.secret}"}


@pytest_asyncio.fixture
async def poor(running: Running) -> dict[str, str]:
    """What shows a key that may nothing."""
    _, headers = await made_key(running, [])
    return headers


@pytest_asyncio.fixture
async def lanes(running: Running, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Lanes]:
    """A new account, which owns nothing yet."""
    table = running.app.express
    assert table is not None
    database: Database = running.state["database"]
    account, headers = await made_key(running, sorted(SCOPES))
    async with running.client() as client:
        found = Lanes(running, client, table, headers)
        found.account = account
        fetch = database.fetch

        async def counted(*arguments: Any) -> Any:
            found.express += 1
            return await fetch(*arguments)

        monkeypatch.setattr(database, "fetch", counted)
        yield found

import os
from collections.abc import AsyncIterator

import httpx2
import pytest
from app.core.db import get_db
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from app.main import app
from app.models import Base

TEST_DATABASE_URL = os.environ["TEST_DATABASE_URL"]


@pytest.fixture
async def session() -> AsyncIterator[AsyncSession]:
    engine = create_async_engine(TEST_DATABASE_URL)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)
        await connection.run_sync(Base.metadata.create_all)
    async with AsyncSession(engine, expire_on_commit=False) as session:
        yield session
    await engine.dispose()


@pytest.fixture
async def client(session: AsyncSession) -> AsyncIterator[httpx2.AsyncClient]:
    app.dependency_overrides[get_db] = lambda: session
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client
    app.dependency_overrides.clear()

"""A small application with jobs, on a database that has their tables."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, ClassVar

import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.db import Database
from padstone.migrations import job_tables
from padstone.settings import DatabaseSettings, JobSettings

Sessions = Callable[[], AbstractAsyncContextManager[AsyncSession]]

EFFECTS = "CREATE TABLE effects (id bigserial PRIMARY KEY, job_id bigint NOT NULL, note text)"


class Settings(DatabaseSettings, JobSettings):
    SYSTEM: ClassVar[str] = "jobs"


@pytest_asyncio.fixture
async def tables(database: Database) -> Database:
    """A database with the jobs' tables, and one in which jobs leave what they do."""
    async with database.session() as session:
        connection = await session.connection()
        for statement in (*job_tables.upgrade_sql(), EFFECTS):
            await connection.exec_driver_sql(statement)
    return database


@pytest_asyncio.fixture
async def state(tables: Database) -> dict[str, Any]:
    """What the lifespan would have opened."""
    return {"database": tables}


async def scalars(database: Database, statement: str) -> list[Any]:
    async with database.session() as session:
        return list(await session.scalars(text(statement)))

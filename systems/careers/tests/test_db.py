"""The database module: outside of requests, and inside of them."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import httpx2
from fastapi import APIRouter, Depends
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app import db
from app.main import app
from padstone.db import SessionDep
from padstone.testing.processes import bare_environment

FOLDER = Path(__file__).resolve().parents[1]

# What somebody writes who has read the seed.
SCRIPT = """
import asyncio
from sqlalchemy import text
from app import db
from app.models import Base

async def main():
    assert db._opened._database is None, "importing connects to nothing"
    await db.init_db()
    await db.init_db()  # again changes nothing
    async with db.session_factory() as session:
        found = await session.scalars(text("SELECT tablename FROM pg_tables"))
        missing = set(Base.metadata.tables) - set(found)
        assert not missing, missing
        await session.execute(text("CREATE TABLE kept (id int)"))
    try:
        async with db.session_factory() as session:
            await session.execute(text("CREATE TABLE undone (id int)"))
            raise LookupError
    except LookupError:
        pass
    engine = await db.get_engine()
    async with engine.connect() as connection:
        kept, undone = (await connection.execute(
            text("SELECT to_regclass('kept') IS NOT NULL, to_regclass('undone') IS NOT NULL")
        )).one()
        assert kept and not undone
    await db.close_db()
    await db.close_db()
    async with db.session_factory() as session:
        assert await session.scalar(text("SELECT 1")) == 1  # opened anew
    await db.close_db()

asyncio.run(main())
print("done")
"""


async def test_d1_tables_are_made_and_sessions_commit_or_undo(blank_database: str) -> None:
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", SCRIPT],
        cwd=FOLDER,
        env=bare_environment(
            ENVIRONMENT="production",  # in which nothing embedded is started
            DATABASE_URL=blank_database,
            SECRET_KEY="0123456789abcdef0123456789abcdef",
            **PRODUCTION,
        ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, "done"), done.stderr


PRODUCTION = {
    "STORAGE_ENDPOINT_URL": "https://s3.example.com",
    "STORAGE_ACCESS_KEY": "AK",
    "STORAGE_SECRET_KEY": "SK",
    "STORAGE_BUCKET": "careers",
    "MAIL_URL": "smtp://mail.example.com",
    "MAIL_FROM": "careers@example.com",
    "ENCRYPTION_KEYS": "k1:MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3BxcnN0dXY=",
    "PUBLIC_URL": "https://careers.example.com",
}


def test_d1_importing_connects_to_nothing() -> None:
    assert db._opened._database is None


async def test_d1_get_db_is_the_requests_own_session(client: httpx2.AsyncClient) -> None:
    seen: list[bool] = []
    router = APIRouter()

    @router.get("/same")
    async def same(one: Annotated[AsyncSession, Depends(db.get_db)], other: SessionDep) -> int:
        seen.append(one is other)
        return int(await one.scalar(text("SELECT 7")) or 0)

    before = list(app.router.routes)
    app.include_router(router)
    try:
        answer = await client.get("/same")
    finally:
        app.router.routes[:] = before
    assert (answer.json(), seen) == (7, [True])


def test_d1_pooling_and_retries_are_settings() -> None:
    fields = type(app.settings).model_fields
    assert {"DATABASE_POOL_SIZE", "DATABASE_STARTUP_TIMEOUT_SECONDS"} <= set(fields)

"""A small system that takes files, on a real database and a real storage."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import httpx2
import pytest
import pytest_asyncio
from fastapi import APIRouter, Request
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped

from padstone.db import Database, DatabaseDep, SessionDep
from padstone.files import FileColumns, Files, UploadLimits
from padstone.migrations.triggers import triggers_sql
from padstone.models import Identified, TableBase, Timestamped, new_metadata
from padstone.settings import DatabaseSettings, StorageSettings
from padstone.storage import Storage, StorageDep
from padstone.testing.services import TestServices


class Base(DeclarativeBase, TableBase):
    metadata = new_metadata()


class File(Identified, FileColumns, Timestamped, Base):
    __tablename__ = "files"

    owner: Mapped[str]


class Settings(DatabaseSettings, StorageSettings):
    SYSTEM: ClassVar[str] = "keeper"


LIMITS = UploadLimits(files=4, file_bytes=20_000, total_bytes=50_000, parts=12, field_bytes=1000)


@pytest.fixture
def files() -> Files[File]:
    return Files(File, prefix="files")


@pytest_asyncio.fixture
async def database(blank_database: str) -> AsyncIterator[Database]:
    database = Database(DatabaseSettings(DATABASE_URL=blank_database, DATABASE_POOL_MIN_SIZE=0))
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
        for statement in triggers_sql(Base.metadata):
            await connection.exec_driver_sql(statement)
    yield database
    await database.close()


@pytest_asyncio.fixture(scope="session")
async def shared(test_services: TestServices) -> AsyncIterator[Storage]:
    bucket = f"test-{secrets.token_hex(6)}"
    storage = Storage(StorageSettings(**{**test_services.storage, "STORAGE_BUCKET": bucket}))
    await storage.open()
    yield storage
    await asyncio.to_thread(storage._clients.quick.delete_bucket, Bucket=bucket)
    await storage.close()


@pytest_asyncio.fixture
async def storage(shared: Storage) -> AsyncIterator[Storage]:
    yield shared
    async for found in shared.list():
        await shared.delete(found.key)


def system(files: Files[File], limits: UploadLimits) -> APIRouter:
    """The routes of a system that keeps files, as a system would write them."""
    router = APIRouter()

    @router.post("/files", status_code=201, max_body_size=100_000)
    async def upload(request: Request, storage: StorageDep, session: SessionDep) -> dict[str, Any]:
        received = await files.receive(
            request, storage, folder="ann", limits=limits, exclude=["node_modules/**", "*.pyc"]
        )
        session.add_all(files.rows(received, owner="ann"))
        return {
            "fields": received.fields,
            "total_bytes": received.total_bytes,
            "verdicts": [
                {
                    "path": verdict.path,
                    "outcome": verdict.outcome,
                    "code": verdict.code,
                    "same_as": verdict.same_as,
                    "media_type": verdict.file and verdict.file.media_type,
                }
                for verdict in received.verdicts
            ],
        }

    @router.get("/files/{path:path}")
    async def download(path: str, storage: StorageDep, database: DatabaseDep) -> Any:
        async with database.read_session() as session:
            row = (await session.scalars(select(File).where(File.path == path))).one()
        return files.attachment(storage, row)

    return router


@dataclass
class Keeper:
    """The system while it runs."""

    client: httpx2.AsyncClient
    database: Database
    storage: Storage

    async def upload(self, *given: tuple[str, bytes], **fields: str) -> httpx2.Response:
        """Uploads files of these names, which are sent as they are."""
        content, content_type = body(*given, **fields)
        return await self.client.post(
            "/files", content=content, headers={"content-type": content_type}
        )

    async def verdicts(self, *given: tuple[str, bytes]) -> dict[str, str]:
        answer = await self.upload(*given)
        assert answer.status_code == 201, answer.text
        return {each["path"]: each["code"] or each["outcome"] for each in answer.json()["verdicts"]}

    async def rows(self) -> list[File]:
        async with self.database.read_session() as session:
            return list(await session.scalars(select(File).order_by(File.path)))

    async def keys(self) -> list[str]:
        return [found.key async for found in self.storage.list()]


BOUNDARY = "----boundary"


def body(*given: tuple[str | bytes, bytes], **fields: str) -> tuple[bytes, str]:
    """A form by hand, since clients clean names."""
    parts = []
    for name, value in fields.items():
        parts.append(f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode())
    for filename, content in given:
        shown = filename if isinstance(filename, bytes) else filename.encode()
        parts.append(
            b'Content-Disposition: form-data; name="files"; filename="' + shown + b'"\r\n'
            b"Content-Type: image/png\r\n\r\n" + content
        )
    made = b"".join(f"--{BOUNDARY}\r\n".encode() + part + b"\r\n" for part in parts)
    return made + f"--{BOUNDARY}--\r\n".encode(), f"multipart/form-data; boundary={BOUNDARY}"


@pytest.fixture
def system_of(files: Files[File], blank_database: str) -> Callable[..., Any]:
    """The settings and the routes of the system, with this storage."""

    def make(storage: dict[str, Any]) -> tuple[Settings, APIRouter]:
        given = {"DATABASE_URL": blank_database, "DATABASE_POOL_MIN_SIZE": 0, **storage}
        return Settings(**given), system(files, LIMITS)

    return make


@pytest_asyncio.fixture
async def keeper(
    make_app: Callable[..., Any], files: Files[File], database: Database, storage: Storage
) -> AsyncIterator[Keeper]:
    """The system, with what the tests have opened, since opening takes longer than a test."""
    app = make_app(system(files, LIMITS))

    async def opened(scope: Any, receive: Any, send: Any) -> None:
        scope["state"] = {"database": database, "storage": storage}
        await app(scope, receive, send)

    transport = httpx2.ASGITransport(app=opened)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        yield Keeper(client, database, storage)

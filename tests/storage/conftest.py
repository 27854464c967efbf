"""A storage with a bucket of its own, and a line to it that can be cut."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from padstone.settings import StorageSettings
from padstone.storage import Storage
from padstone.testing.services import TestServices

Options = dict[str, Any]
Opener = Callable[[Options], Any]


class Line:
    """A TCP relay to the storage. ``mode`` says what becomes of what clients send.

    ``relay`` passes it on, ``swallow`` reads it and never answers, ``cut`` closes the connection
    once something was read. ``cuts`` is how many requests are cut off before the rest is relayed.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._target = (parts.hostname, parts.port)
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = 0
        self.mode = "relay"
        self.cuts = 0
        self.connections = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Nobody listens any more, and every connection is cut."""
        if self._server is not None:
            self._server.close()
            self.hang_up()
            await self._server.wait_closed()

    def hang_up(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    def _cuts_this(self) -> bool:
        self.cuts -= 1
        return self.mode == "cut" or self.cuts >= 0

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        try:
            first = await reader.read(1 << 16)
            if self._cuts_this():
                return
            if self.mode == "swallow":
                while await reader.read(1 << 16):
                    pass
                return
            await self._relay(first, reader, writer)
        except OSError:
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _relay(
        self, first: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        storage_reader, storage_writer = await asyncio.open_connection(*self._target)
        self._writers.add(storage_writer)
        storage_writer.write(first)

        async def up() -> None:
            while data := await reader.read(1 << 16):
                if self._cuts_this():
                    break
                if self.mode == "relay":
                    storage_writer.write(data)
                    await storage_writer.drain()
            storage_writer.close()

        async def down() -> None:
            while data := await storage_reader.read(1 << 16):
                if self.mode == "cut":
                    break
                if self.mode == "relay":
                    writer.write(data)
                    await writer.drain()
            writer.close()

        try:
            await asyncio.gather(up(), down())
        finally:
            self._writers.discard(storage_writer)
            storage_writer.close()


def bucket_options(test_services: TestServices) -> Options:
    return {**test_services.storage, "STORAGE_BUCKET": f"test-{secrets.token_hex(6)}"}


@pytest_asyncio.fixture(scope="session")
async def shared(test_services: TestServices) -> AsyncIterator[Storage]:
    """One storage for all tests, since making boto3's clients takes longer than a test."""
    storage = Storage(StorageSettings(**bucket_options(test_services)))
    await storage.open()
    yield storage
    await remove_bucket(storage, storage._bucket)
    await storage.close()


@pytest_asyncio.fixture
async def storage(shared: Storage) -> AsyncIterator[Storage]:
    """A storage on an empty bucket."""
    yield shared
    await empty(shared, shared._bucket)


@pytest.fixture
def options(test_services: TestServices) -> Options:
    """Settings of a bucket that does not exist yet."""
    return bucket_options(test_services)


@pytest_asyncio.fixture
async def opened(options: Options, shared: Storage) -> AsyncIterator[Opener]:
    """Opens storages; they are closed, and the test's bucket is removed, afterwards."""
    storages: list[Storage] = []

    async def open_(given: Options) -> Storage:
        storage = Storage(StorageSettings(**given))
        await storage.open()
        storages.append(storage)
        return storage

    yield open_
    for storage in storages:
        await storage.close()
    await remove_bucket(shared, options["STORAGE_BUCKET"])


async def unfinished_uploads(storage: Storage, bucket: str) -> list[Any]:
    client = storage._clients.quick
    try:
        answer = await asyncio.to_thread(client.list_multipart_uploads, Bucket=bucket)
    except client.exceptions.ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchUpload":
            return []  # rclone's way to say that there are none
        raise
    return list(answer.get("Uploads", []))


async def empty(storage: Storage, bucket: str) -> None:
    client = storage._clients.quick
    for upload in await unfinished_uploads(storage, bucket):
        place = {"Bucket": bucket, "Key": upload["Key"], "UploadId": upload["UploadId"]}
        await asyncio.to_thread(client.abort_multipart_upload, **place)
    found = await asyncio.to_thread(client.list_objects_v2, Bucket=bucket)
    for item in found.get("Contents", []):
        await asyncio.to_thread(client.delete_object, Bucket=bucket, Key=item["Key"])


async def remove_bucket(storage: Storage, bucket: str) -> None:
    client = storage._clients.quick
    with contextlib.suppress(client.exceptions.NoSuchBucket):
        await empty(storage, bucket)
        await asyncio.to_thread(client.delete_bucket, Bucket=bucket)


@pytest_asyncio.fixture
async def line(test_services: TestServices) -> AsyncIterator[Line]:
    """A line to the storage, listening."""
    line = Line(test_services.storage["STORAGE_ENDPOINT_URL"])
    await line.start()
    yield line
    await line.stop()


@pytest_asyncio.fixture
async def distant(options: Options, opened: Opener, line: Line) -> Storage:
    """A storage at the end of ``line``, with a short patience and two connections."""
    storage: Storage = await opened(
        {
            **options,
            "STORAGE_ENDPOINT_URL": line.url,
            "STORAGE_READ_TIMEOUT_SECONDS": 0.3,
            "STORAGE_MAX_CONNECTIONS": 2,
        }
    )
    return storage

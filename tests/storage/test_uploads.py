"""Uploads: streamed, counted, hashed, and gone without a trace where they fail."""

import asyncio
import hashlib
import secrets
import time
from collections.abc import AsyncIterator, Iterable

import pytest

from padstone.storage import (
    ObjectNotFoundError,
    SizeMismatchError,
    Storage,
    StorageUnavailableError,
)
from padstone.storage.uploads import PART_BYTES

from .conftest import Line, unfinished_uploads


async def stream(chunks: Iterable[bytes]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def no_unfinished_uploads(storage: Storage) -> None:
    """Waits until the storage has none; parts that nobody joins would be paid for."""
    deadline = time.monotonic() + 20
    while await unfinished_uploads(storage, storage._bucket):
        assert time.monotonic() < deadline, "an upload was left unfinished"
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("size", [0, 1, PART_BYTES, PART_BYTES + 1, 2 * PART_BYTES + 12_345])
@pytest.mark.parametrize("kind", ["bytes", "stream"])
async def test_every_size_arrives(storage: Storage, size: int, kind: str) -> None:
    content = secrets.token_bytes(size)
    # Chunks that do not divide a part evenly.
    chunks = (content[start : start + 3_000_001] for start in range(0, size, 3_000_001))
    body = content if kind == "bytes" else stream(chunks)
    stored = await storage.put("a", body, content_type="application/octet-stream", size=size)
    assert (stored.size, stored.sha256) == (size, hashlib.sha256(content).digest())
    async with storage.get("a") as download:
        assert b"".join([chunk async for chunk in download]) == content
    await no_unfinished_uploads(storage)


@pytest.mark.parametrize("size", [5, PART_BYTES + 5])
@pytest.mark.parametrize("announced", [-1, +1])
async def test_another_size_than_announced_stores_nothing(
    storage: Storage, size: int, announced: int
) -> None:
    with pytest.raises(SizeMismatchError) as caught:
        await storage.put(
            "a", stream([b"x" * size]), content_type="text/plain", size=size + announced
        )
    assert caught.value.errors[0].field == "body"
    with pytest.raises(ObjectNotFoundError):
        await storage.head("a")
    await no_unfinished_uploads(storage)


async def test_a_body_that_never_ends_is_stopped_at_its_announced_size(storage: Storage) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 1_000_000

    with pytest.raises(SizeMismatchError):
        await storage.put("a", endless(), content_type="text/plain", size=2 * PART_BYTES)
    await no_unfinished_uploads(storage)


async def test_a_body_that_fails_leaves_nothing(storage: Storage) -> None:
    async def failing() -> AsyncIterator[bytes]:
        yield b"x" * (2 * PART_BYTES)
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await storage.put("a", failing(), content_type="text/plain")
    with pytest.raises(ObjectNotFoundError):
        await storage.head("a")
    await no_unfinished_uploads(storage)


async def test_a_cancelled_upload_leaves_nothing(storage: Storage) -> None:
    two_parts_read = asyncio.Event()

    async def stalled() -> AsyncIterator[bytes]:
        yield b"x" * (2 * PART_BYTES)
        two_parts_read.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(storage.put("a", stalled(), content_type="text/plain"))
    await two_parts_read.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(ObjectNotFoundError):
        await storage.head("a")
    await no_unfinished_uploads(storage)


async def test_an_upload_that_is_cancelled_while_it_begins_leaves_nothing(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = asyncio.Event()
    loop = asyncio.get_running_loop()
    create = storage._clients.quick.create_multipart_upload

    def slow(**target: str) -> object:
        made = create(**target)  # type: ignore[arg-type]
        loop.call_soon_threadsafe(began.set)
        return made

    monkeypatch.setattr(storage._clients.quick, "create_multipart_upload", slow)
    body = b"x" * (2 * PART_BYTES)
    task = asyncio.create_task(storage.put("a", body, content_type="text/plain"))
    await began.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await no_unfinished_uploads(storage)


async def test_a_line_that_is_cut_in_the_middle(distant: Storage, line: Line) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield b"x" * (2 * PART_BYTES)
        line.mode = "swallow"
        yield b"x" * PART_BYTES

    with pytest.raises(StorageUnavailableError):
        await distant.put("a", body(), content_type="text/plain")
    line.mode = "relay"
    line.hang_up()
    with pytest.raises(ObjectNotFoundError):
        await distant.head("a")

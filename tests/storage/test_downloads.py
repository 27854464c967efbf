"""Downloads: streamed, and ended at any moment without a leak."""

import asyncio
import secrets
import time

import pytest

from padstone.storage import Storage, StorageUnavailableError

from .conftest import Line

LARGE = 3_000_000


async def test_a_large_object_comes_in_pieces(storage: Storage) -> None:
    content = secrets.token_bytes(LARGE)
    await storage.put("a", content, content_type="text/plain")
    async with storage.get("a") as download:
        assert (download.info.key, download.info.size) == ("a", LARGE)
        chunks = [chunk async for chunk in download]
    assert b"".join(chunks) == content
    assert len(chunks) > 5


async def test_half_read_downloads_give_their_connections_back(distant: Storage) -> None:
    await distant.put("a", secrets.token_bytes(LARGE), content_type="text/plain")
    for _ in range(6):
        async with distant.get("a") as download:
            async for _chunk in download:
                break
    async with distant.get("a"), distant.get("a"):
        pass


async def test_the_end_of_the_block_is_the_end_of_the_download(storage: Storage) -> None:
    await storage.put("a", secrets.token_bytes(LARGE), content_type="text/plain")
    async with storage.get("a") as download:
        pass
    deadline = time.monotonic() + 20
    while not download._body._raw_stream.isclosed():
        assert time.monotonic() < deadline, "the connection was left open"
        await asyncio.sleep(0.01)
    with pytest.raises(RuntimeError, match="after the block"):
        await anext(aiter(download))


async def test_a_cancelled_download_gives_its_slot_back(distant: Storage, line: Line) -> None:
    await distant.put("a", secrets.token_bytes(LARGE), content_type="text/plain")
    reading = asyncio.Event()

    async def read() -> None:
        async with distant.get("a") as download:
            line.mode = "swallow"
            reading.set()
            async for _chunk in download:
                pass

    for _ in range(3):
        line.mode = "relay"
        reading.clear()
        task = asyncio.create_task(read())
        await reading.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        line.hang_up()
    line.mode = "relay"
    async with distant.get("a"), distant.get("a"):
        pass


@pytest.mark.parametrize("fault", ["swallow", "cut"])
async def test_a_line_that_is_cut_in_the_middle(distant: Storage, line: Line, fault: str) -> None:
    await distant.put("a", secrets.token_bytes(LARGE * 10), content_type="text/plain")

    async def read() -> None:
        async with distant.get("a") as download:
            async for _chunk in download:
                line.mode = fault

    with pytest.raises(StorageUnavailableError):
        await read()

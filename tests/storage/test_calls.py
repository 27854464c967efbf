"""Threads and slots: a storage that hangs keeps nobody else waiting."""

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from padstone.storage import Storage, StorageUnavailableError
from padstone.storage import calls as calls_module
from padstone.storage.calls import Calls

from .conftest import Line


@pytest_asyncio.fixture
async def calls() -> AsyncIterator[Calls]:
    calls = Calls(2)
    yield calls
    await calls.close()


@pytest.fixture
def release() -> threading.Event:
    return threading.Event()


async def hang(calls: Calls, release: threading.Event, count: int) -> list[asyncio.Task[bool]]:
    """So many jobs that have begun and wait for ``release``."""
    begun = threading.Semaphore(0)

    def job() -> bool:
        begun.release()
        return release.wait(30)

    tasks = [asyncio.create_task(calls.run(job)) for _ in range(count)]
    for _ in range(count):
        assert await asyncio.to_thread(begun.acquire, timeout=30)
    return tasks


async def test_nobody_queues_for_long(
    calls: Calls, release: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls_module, "MAX_WAIT_SECONDS", 0.01)
    tasks = await hang(calls, release, 2)
    for _ in range(20):
        with pytest.raises(StorageUnavailableError, match="busy"):
            await calls.run(lambda: True)
    assert calls._threads._work_queue.qsize() == 0  # nothing waits behind them
    release.set()
    assert await asyncio.gather(*tasks) == [True, True]
    assert await calls.run(lambda: 7) == 7


async def test_a_slot_that_comes_free_in_time_is_taken(
    calls: Calls, release: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls_module, "MAX_WAIT_SECONDS", 30)
    tasks = await hang(calls, release, 2)
    third = asyncio.create_task(calls.run(lambda: 7))
    release.set()
    assert await third == 7
    await asyncio.gather(*tasks)


async def test_a_cancelled_caller_keeps_its_slot_until_its_thread_is_done(
    calls: Calls, release: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls_module, "MAX_WAIT_SECONDS", 0.01)
    tasks = await hang(calls, release, 2)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    with pytest.raises(StorageUnavailableError, match="busy"):
        await calls.run(lambda: True)
    release.set()
    monkeypatch.setattr(calls_module, "MAX_WAIT_SECONDS", 30)
    assert await calls.run(lambda: 7) == 7


async def test_a_defect_is_no_trouble_of_the_storage(calls: Calls) -> None:
    def broken() -> None:
        raise KeyError("defect")

    with pytest.raises(KeyError):
        await calls.run(broken)


async def test_tidying_up_fails_silently_and_after_the_end(calls: Calls) -> None:
    def broken() -> None:
        raise OSError

    calls.tidy_up(broken)
    await calls.close()
    calls.tidy_up(broken)


async def test_the_event_loop_goes_on_while_the_storage_is_silent(
    distant: Storage, line: Line
) -> None:
    """PROMISES 15."""
    line.mode = "swallow"
    line.hang_up()
    task = asyncio.create_task(distant.head("a"))
    turns = 0
    while not task.done():
        await asyncio.sleep(0)
        turns += 1
    assert isinstance(task.exception(), StorageUnavailableError)
    # A call that blocked the loop would have left it a turn or two.
    assert turns > 20


async def test_a_health_check_passes_those_who_wait(
    distant: Storage, release: threading.Event
) -> None:
    """Two slow downloads occupy both connections, and the storage is well."""
    for key in ("a", "b"):
        await distant.put(key, b"x" * 1000, content_type="text/plain")
    async with distant.get("a"), distant.get("b"):
        with pytest.raises(StorageUnavailableError, match="busy"):
            await distant.head("a")
        await distant.check()
    assert (await distant.head("a")).size == 1000

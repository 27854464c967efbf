import asyncio

import pytest
from structlog.testing import capture_logs

from padstone.jobs import patience
from padstone.jobs.patience import repeat, set_within


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_FIRST_PAUSE", 0.001)
    monkeypatch.setattr(patience, "_LONGEST_PAUSE", 0.002)


async def test_work_goes_on_after_failures_until_it_is_told_to_end() -> None:
    ended, calls = asyncio.Event(), 0

    async def work() -> float:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise ConnectionRefusedError
        if calls == 2:
            raise LookupError("a defect")
        if calls == 4:
            ended.set()
        return 0.0 if calls == 3 else 60.0

    with capture_logs() as logs:
        await repeat("digging", work, until=ended)
    assert calls == 4
    # A database that is away is no defect, and has no trace.
    assert [
        (line["log_level"], line["work"], "exc_info" in line) for line in logs if "work" in line
    ] == [
        ("warning", "digging", False),
        ("error", "digging", True),
    ]


async def test_an_absence_is_said_once_in_a_while() -> None:
    ended, calls = asyncio.Event(), 0

    async def work() -> float:
        nonlocal calls
        calls += 1
        if calls == 40:
            ended.set()
        raise ConnectionRefusedError

    with capture_logs() as logs:
        await repeat("digging", work, until=ended)
    # What else runs in this process may log too.
    assert len([line for line in logs if line.get("work") == "digging"]) == 2


async def test_without_an_end_it_is_cancelled() -> None:
    calls = 0

    async def work() -> float:
        nonlocal calls
        calls += 1
        return 0.0

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(repeat("digging", work), 0.05)
    assert calls > 1


async def test_waiting_ends_with_the_event_or_the_time() -> None:
    event = asyncio.Event()
    assert not await set_within(event, 0.001)
    event.set()
    assert await set_within(event, 60)


@pytest.mark.parametrize("ticks", range(6))
async def test_a_cancellation_that_comes_with_the_event_is_one(ticks: int) -> None:
    event, went_on = asyncio.Event(), False

    async def wait() -> None:
        nonlocal went_on
        await set_within(event, 60)
        await asyncio.sleep(0)
        went_on = True

    waiting = asyncio.create_task(wait())
    await asyncio.sleep(0)
    event.set()
    for _ in range(ticks):
        await asyncio.sleep(0)
    cancelled = waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert went_on is not cancelled

"""A stream ends when it should, says why, and leaves nothing behind."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from typing import Any

import pytest
import structlog

from padstone.errors import NotFoundError
from padstone.events import Event, EventStream
from padstone.events import stream as module

Send = Callable[..., Any]
OPENING = ": ping\n\n"


class Source:
    """Gives what it is told to, and knows whether it was closed, and by whom."""

    def __init__(self, *events: Event | Exception, endless: bool = False) -> None:
        self.events = events
        self.endless = endless
        self.ran_in: Any = None
        self.closed_in: Any = None
        self.given = 0

    async def run(self) -> AsyncGenerator[Event, None]:
        self.ran_in = asyncio.current_task()
        try:
            for event in self.events:
                if isinstance(event, Exception):
                    raise event
                self.given += 1
                yield event
            if self.endless:
                await asyncio.Event().wait()
        finally:
            self.closed_in = asyncio.current_task()

    @property
    def is_closed(self) -> bool:
        return self.closed_in is not None and self.closed_in is self.ran_in


async def test_it_sends_all_there_is(sent: Send) -> None:
    source = Source(Event("one"), Event("two"))
    stream = sent(EventStream(source.run()))
    await stream.ended()
    assert stream.wire.text == f"{OPENING}data: one\n\ndata: two\n\n"
    assert stream.wire.is_complete
    assert source.is_closed
    assert stream.wire.head["status"] == 200
    assert stream.wire.headers == {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-cache",
        "x-accel-buffering": "no",
    }


async def test_a_client_hears_something_at_once_and_now_and_then(sent: Send) -> None:
    stream = sent(EventStream(Source(endless=True).run(), heartbeat=0.01))
    await stream.wire.until(OPENING, count=3)
    assert stream.wire.text == OPENING * stream.wire.text.count(OPENING)


async def test_one_that_never_waits_lets_others_have_their_turn(sent: Send) -> None:
    async def for_ever() -> AsyncGenerator[Event, None]:
        while True:
            yield Event("x")

    stream = sent(EventStream(for_ever()))
    await stream.wire.until("x")
    stream.wire.leave()
    await stream.ended()


async def test_the_heart_beats_only_where_it_is_quiet(sent: Send) -> None:
    async def busy() -> AsyncGenerator[Event, None]:
        for _ in range(20):
            await asyncio.sleep(0)
            yield Event("x")

    stream = sent(EventStream(busy(), heartbeat=600))
    await stream.ended()
    assert stream.wire.text.count(OPENING) == 1


async def test_promise_8_shutdown_ends_an_endless_one_with_a_last_event(sent: Send) -> None:
    source = Source(Event("one"), endless=True)
    stream = sent(EventStream(source.run()))
    await stream.wire.until("one")
    stream.shutdown.ask()
    await stream.ended()
    last = stream.wire.text.split("\n\n")[-2].splitlines()
    assert last[:2] == ["event: shutdown", "data: {}"]
    assert 500 <= int(last[2].removeprefix("retry: ")) <= 3000
    assert stream.wire.is_complete
    assert source.is_closed


async def test_one_that_ends_by_itself_is_left_alone(sent: Send) -> None:
    going_on = asyncio.Event()

    async def answer() -> AsyncGenerator[Event, None]:
        yield Event("first")
        await going_on.wait()
        yield Event("last")

    stream = sent(EventStream(answer(), endless=False), STREAM_MAX_SECONDS=0.001)
    await stream.wire.until("first")
    stream.shutdown.ask()
    await asyncio.sleep(0.01)
    going_on.set()
    await stream.ended()
    assert stream.wire.text.endswith("data: first\n\ndata: last\n\n")


async def test_an_endless_one_ends_when_its_time_is_over(sent: Send) -> None:
    source = Source(Event("one"), endless=True)
    stream = sent(EventStream(source.run()), STREAM_MAX_SECONDS=0.02)
    await stream.ended()
    assert stream.wire.text == f"{OPENING}data: one\n\n"
    assert stream.wire.is_complete
    assert source.is_closed


def streaming() -> set[asyncio.Task[Any]]:
    """The tasks of streams. Others come and go, such as those that close somebody's connection."""
    files = ("padstone/events/", "padstone/shutdown.py", "tests/events/")
    return {
        task
        for task in asyncio.all_tasks()
        if task is not asyncio.current_task()
        and any(file in task.get_coro().cr_code.co_filename for file in files)  # type: ignore[union-attr]
    }


async def test_promise_11_a_client_that_leaves_leaves_nothing(sent: Send) -> None:
    before = streaming()
    source = Source(Event("one"), endless=True)
    stream = sent(EventStream(source.run()))
    await stream.wire.until("one")
    stream.wire.leave()
    await stream.ended()
    assert source.is_closed
    assert not stream.wire.is_complete
    assert streaming() == before


async def test_promise_11_nor_does_one_that_is_cancelled(sent: Send) -> None:
    before = streaming()
    source = Source(Event("one"), endless=True)
    stream = sent(EventStream(source.run()))
    await stream.wire.until("one")
    stream.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stream.ended()
    assert source.is_closed
    assert streaming() == before


async def test_a_slow_client_holds_one_event_in_memory(sent: Send) -> None:
    source = Source(*[Event("x" * 1000)] * 1000)
    stream = sent(EventStream(source.run()))
    while not stream.wire.pieces:
        await asyncio.sleep(0)
    stream.wire.takes.clear()
    await asyncio.sleep(0.01)
    assert source.given == 1
    stream.wire.takes.set()
    await stream.ended()
    assert source.given == 1000


async def test_promise_11_a_source_that_waits_for_a_slow_client_is_closed_too(sent: Send) -> None:
    source = Source(*[Event("x")] * 5)
    stream = sent(EventStream(source.run()))
    while not stream.wire.pieces:
        await asyncio.sleep(0)
    stream.wire.takes.clear()
    while not source.given:
        await asyncio.sleep(0)
    stream.wire.leave()
    await stream.ended()
    assert source.given == 1
    assert source.is_closed


async def test_a_client_that_takes_nothing_is_given_up(
    sent: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.02)
    source = Source(Event("one"), endless=True)
    stream = sent(EventStream(source.run(), heartbeat=0.01))
    await stream.wire.until("one")
    stream.wire.takes.clear()
    with structlog.testing.capture_logs() as lines:
        await stream.ended()
    assert [line["event"] for line in lines] == ["gave up a client that takes no events"]
    assert source.is_closed
    assert not stream.wire.is_complete


async def test_a_known_failure_is_the_last_event(sent: Send) -> None:
    source = Source(Event("one"), NotFoundError("It is gone."))
    stream = sent(EventStream(source.run()))
    await stream.ended()
    kind, data = stream.wire.text.split("\n\n")[-2].splitlines()
    assert kind == "event: problem"
    problem = json.loads(data.removeprefix("data: "))
    assert (problem["code"], problem["detail"]) == ("not_found", "It is gone.")
    assert problem["request_id"] == "r" * 8
    assert stream.wire.is_complete


async def test_a_source_that_runs_out_of_time_is_no_slow_client(sent: Send) -> None:
    stream = sent(EventStream(Source(TimeoutError()).run()))
    await stream.ended()
    assert '"code":"unavailable"' in stream.wire.text


async def test_a_defect_is_told_without_its_words_and_logged_outside(sent: Send) -> None:
    stream = sent(EventStream(Source(KeyError("secret")).run()))
    with pytest.raises(KeyError):
        await stream.ended()
    assert '"code":"internal_error"' in stream.wire.text
    assert "secret" not in stream.wire.text
    assert stream.wire.is_complete


async def test_any_source_will_do(sent: Send) -> None:
    class Numbers:
        def __init__(self) -> None:
            self.left = 2

        def __aiter__(self) -> "Numbers":
            return self

        async def __anext__(self) -> Event:
            if not self.left:
                raise StopAsyncIteration
            self.left -= 1
            return Event(str(self.left))

    stream = sent(EventStream(Numbers()))
    await stream.ended()
    assert stream.wire.text == f"{OPENING}data: 1\n\ndata: 0\n\n"

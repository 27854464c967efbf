import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from metered import chunks_of, words
from padstone.errors import PadstoneError
from padstone.metering import Bounds, CallEndedError, Pump, Tally
from padstone.providers import ChatChunk, Delta, ProviderTimeoutError, Usage

TOLD = Usage(prompt_tokens=3, completion_tokens=5)


class Settled(list[Usage]):
    """What was settled."""

    async def __call__(self, usage: Usage) -> None:
        self.append(usage)


@pytest.fixture
def settled() -> Settled:
    return Settled()


async def endless(gate: asyncio.Event | None = None) -> AsyncGenerator[ChatChunk]:
    """A provider that never ends; once past a chunk it waits for the gate."""
    while True:
        yield ChatChunk.of(Delta(content="abcd"))
        await (gate.wait() if gate else asyncio.sleep(0))


async def said(pump: Pump) -> list[str]:
    async with aclosing(pump.read()) as chunks:
        return [chunk.choices[0].delta.content or "" async for chunk in chunks if chunk.choices]


async def test_what_comes_is_read_and_settled_before_the_reader_is_done(settled: Settled) -> None:
    pump = Pump(chunks_of(*words("a", "b", usage=TOLD)), Tally(9), settled, Bounds())
    assert await said(pump) == ["a", "b"]
    assert settled == [TOLD]


async def test_e7_whoever_leaves_has_the_rest_read(settled: Settled) -> None:
    gate = asyncio.Event()

    async def answer() -> AsyncGenerator[ChatChunk]:
        yield words("a")[0]
        await gate.wait()
        for chunk in words(*"bcdef", usage=TOLD):
            yield chunk

    pump = Pump(answer(), Tally(9), settled, Bounds())
    async with aclosing(pump.read()) as chunks:
        await anext(chunks)
    gate.set()
    await pump.task
    assert settled == [TOLD]


async def test_e7_a_reader_who_never_comes_is_not_waited_for(settled: Settled) -> None:
    answer = words(*"abcdefgh", usage=TOLD)
    pump = Pump(chunks_of(*answer), Tally(9), settled, Bounds(buffer=2, stall=0.01))
    await pump.task
    assert settled == [TOLD]


async def test_no_more_is_kept_than_the_bounds_say(settled: Settled) -> None:
    bounds = Bounds(buffer=3, stall=60)
    pump = Pump(endless(), Tally(9), settled, bounds)
    for _ in range(50):
        await asyncio.sleep(0)
    assert pump.usage.completion_tokens == 4  # one more is in its hand
    assert len(pump._waiting) == 3
    pump.end_within(0)
    await pump.task


async def test_a_slow_reader_gets_all(settled: Settled) -> None:
    pump = Pump(chunks_of(*words(*"abcdefgh")), Tally(9), settled, Bounds(buffer=1))
    heard = []
    async with aclosing(pump.read()) as chunks:
        async for chunk in chunks:
            heard.append(chunk.choices[0].delta.content)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
    assert heard == list("abcdefgh")


async def test_what_stands_still_is_told_so(settled: Settled) -> None:
    pump = Pump(endless(), Tally(9), settled, Bounds(buffer=1, stall=0.01, linger=0.01))
    async with aclosing(pump.read()) as chunks:
        await anext(chunks)
        await pump.task
        with pytest.raises(CallEndedError):
            await anext(chunks)
    assert len(settled) == 1


async def test_e7_nobody_is_read_for_longer_than_it_lingers(settled: Settled) -> None:
    pump = Pump(endless(), Tally(9), settled, Bounds(linger=0.01))
    async with aclosing(pump.read()) as chunks:
        await anext(chunks)
    await pump.task
    [usage] = settled
    assert usage.is_estimate
    assert usage.prompt_tokens == 9
    assert usage.completion_tokens >= 1


@pytest.mark.parametrize("error", [ProviderTimeoutError(), RuntimeError("canary")])
async def test_a_failure_is_the_readers_and_what_came_is_paid(
    settled: Settled, error: Exception
) -> None:
    pump = Pump(chunks_of(*words("abcd", "efgh"), error), Tally(9), settled, Bounds())
    expected = type(error) if isinstance(error, PadstoneError) else CallEndedError
    with pytest.raises(expected):
        await said(pump)
    assert settled == [Usage(prompt_tokens=9, completion_tokens=2, is_estimate=True)]


async def test_a_failure_before_the_first_word_is_settled_with_none(settled: Settled) -> None:
    pump = Pump(chunks_of(ProviderTimeoutError()), Tally(9), settled, Bounds())
    with pytest.raises(ProviderTimeoutError):
        await said(pump)
    assert settled[0].completion_tokens == 0


@pytest.mark.parametrize("begun", [False, True])
async def test_it_ends_when_it_is_told_to(settled: Settled, begun: bool) -> None:  # noqa: FBT001
    gate = asyncio.Event()
    pump = Pump(endless(gate), Tally(9), settled, Bounds())
    if begun:
        await asyncio.sleep(0)
    pump.end_within(0)
    pump.end_within(60)  # the first word counts
    with pytest.raises(CallEndedError):
        await said(pump)
    assert len(settled) == 1


async def test_a_cancelled_task_pays(settled: Settled) -> None:
    pump = Pump(endless(asyncio.Event()), Tally(9), settled, Bounds())
    await asyncio.sleep(0)
    pump.task.cancel()
    with pytest.raises(CallEndedError):
        await said(pump)
    assert settled == [Usage(prompt_tokens=9, completion_tokens=1, is_estimate=True)]


async def test_a_reader_is_let_go_also_where_settling_fails() -> None:
    async def fail(_: Usage) -> None:
        raise RuntimeError("no books")

    pump = Pump(chunks_of(*words("a")), Tally(9), fail, Bounds())
    assert await said(pump) == ["a"]
    with pytest.raises(RuntimeError, match="no books"):
        await pump.task

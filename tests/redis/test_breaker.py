"""The breaker opens when it is worth it, and closes by itself."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from padstone.redis import Breaker


class Probe:
    def __init__(self) -> None:
        self.is_up = False
        self.asked = asyncio.Event()

    async def __call__(self) -> None:
        self.asked.set()
        if not self.is_up:
            raise ConnectionError


@pytest_asyncio.fixture
async def probe() -> Probe:
    return Probe()


@pytest_asyncio.fixture
async def breaker(probe: Probe) -> AsyncIterator[Breaker]:
    made = Breaker(probe, every=0.005)
    yield made
    await made.close()


def fail(breaker: Breaker, pattern: str) -> None:
    """Each x is a failure, each dot a success."""
    for sign in pattern:
        if sign == "x":
            breaker.failed("gone")
        else:
            breaker.succeeded()


@pytest.mark.parametrize("pattern", ["xxx", "xx" + "." * 2 + "xx", "x." * 12, "x.." * 30])
async def test_failures_that_are_many_open_it(breaker: Breaker, pattern: str) -> None:
    fail(breaker, pattern)
    assert breaker.is_open


@pytest.mark.parametrize(
    "pattern", ["", "xx", "xx" + "." * 9 + "x", ("x" + "." * 19) * 50, "." * 99 + "xx"]
)
async def test_failures_that_are_few_do_not(breaker: Breaker, pattern: str) -> None:
    fail(breaker, pattern)
    assert not breaker.is_open


async def test_it_probes_until_it_is_answered(breaker: Breaker, probe: Probe) -> None:
    fail(breaker, "xxx")
    await probe.asked.wait()
    probe.asked.clear()
    await probe.asked.wait()
    assert breaker.is_open
    probe.is_up = True
    async with asyncio.timeout(30):
        while breaker.is_open:
            await asyncio.sleep(0)
    fail(breaker, "xx")  # what was before is forgotten
    assert not breaker.is_open


async def test_failures_are_told_to_whoever_counts(probe: Probe) -> None:
    told: list[Any] = []
    breaker = Breaker(probe, every=0.001, observe=lambda: told.append(1))
    fail(breaker, "x.x")
    assert len(told) == 2
    fail(breaker, "xx")
    async with asyncio.timeout(30):
        while len(told) < 5:  # probes count too
            await asyncio.sleep(0)
    await breaker.close()
    assert not breaker.is_open


async def test_it_closes_also_where_the_probe_takes_that_for_a_failure() -> None:
    asked = asyncio.Event()

    async def stubborn() -> None:
        asked.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise ConnectionError from None

    breaker = Breaker(stubborn, every=0)
    fail(breaker, "xxx")
    await asked.wait()
    async with asyncio.timeout(30):
        await breaker.close()


async def test_once_closed_it_begins_nothing(breaker: Breaker) -> None:
    await breaker.close()
    fail(breaker, "xxxxx")
    assert not breaker.is_open


async def test_a_probe_that_swallows_its_cancellation_holds_no_close_up() -> None:
    asked = asyncio.Event()

    async def deaf() -> None:
        asked.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise ConnectionError from None

    breaker = Breaker(deaf, every=0.001)
    fail(breaker, "xxx")
    async with asyncio.timeout(30):
        await asked.wait()
        await breaker.close()

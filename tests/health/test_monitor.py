"""Checks in the background, one per interval, with a time limit (C12)."""

import asyncio
import time
from collections.abc import Callable

from padstone.health import HealthMonitor
from padstone.shutdown import Shutdown


async def until(condition: Callable[[], bool], within: float = 5.0) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        await asyncio.sleep(0.005)


class Dependency:
    def __init__(self) -> None:
        self.calls = 0
        self.is_up = True
        self.hangs = False

    async def check(self) -> None:
        self.calls += 1
        if self.hangs:
            await asyncio.Event().wait()
        if not self.is_up:
            raise ConnectionError


async def test_the_first_answer_is_there_when_start_returns() -> None:
    monitor = HealthMonitor({"a": Dependency().check}, interval=60, timeout=1)
    assert not monitor.ready
    await monitor.start()
    assert monitor.ready
    await monitor.stop()
    assert not monitor.ready


async def test_promise_8_it_is_not_ready_from_the_signal_on() -> None:
    shutdown = Shutdown()
    monitor = HealthMonitor({"a": Dependency().check}, interval=60, timeout=1, shutdown=shutdown)
    await monitor.start()
    assert monitor.ready
    shutdown.ask()
    assert monitor.draining
    assert not monitor.ready
    await monitor.stop()


async def test_it_notices_both_ways() -> None:
    dependency = Dependency()
    monitor = HealthMonitor({"a": dependency.check}, interval=0.01, timeout=1)
    await monitor.start()
    dependency.is_up = False
    await until(lambda: not monitor.ready)
    assert monitor.results["a"].reason == "ConnectionError"
    dependency.is_up = True
    await until(lambda: monitor.ready)
    await monitor.stop()


async def test_a_dependency_that_hangs_is_down_and_holds_nobody_up() -> None:
    good, bad = Dependency(), Dependency()
    bad.hangs = True
    monitor = HealthMonitor({"good": good.check, "bad": bad.check}, interval=0.01, timeout=0.05)
    await monitor.start()
    await until(lambda: good.calls > 5)
    assert monitor.is_up("good")
    assert not monitor.is_up("bad")
    assert monitor.results["bad"].reason == "no answer within 0.05 s"
    await monitor.stop()


async def test_a_check_that_swallows_its_cancellation_holds_no_stop_up() -> None:
    asked = asyncio.Event()

    async def check() -> None:
        if not monitor.results["a"].ok:
            return
        asked.set()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            raise ConnectionError from None

    monitor = HealthMonitor({"a": check}, interval=0.001, timeout=60)
    await monitor.start()
    await asyncio.wait_for(asked.wait(), 30)
    await asyncio.wait_for(monitor.stop(), 30)


async def test_asking_costs_no_check() -> None:
    dependency = Dependency()
    monitor = HealthMonitor({"a": dependency.check}, interval=60, timeout=1)
    await monitor.start()
    assert all(monitor.ready for _ in range(10_000))
    assert dependency.calls == 1
    await monitor.stop()


async def test_one_that_is_optional_is_shown_and_does_not_decide() -> None:
    needed, optional = Dependency(), Dependency()
    optional.is_up = False
    checks = {"needed": needed.check, "optional": optional.check}
    monitor = HealthMonitor(checks, interval=0.01, timeout=1, optional=["optional"])
    await monitor.start()
    assert monitor.ready
    assert not monitor.is_up("optional")
    assert (monitor.is_required("needed"), monitor.is_required("optional")) == (True, False)
    needed.is_up = False
    await until(lambda: not monitor.ready)
    await monitor.stop()


async def test_a_block_starts_it_and_stops_it() -> None:
    up = Dependency()
    async with HealthMonitor({"up": up.check}, interval=60, timeout=1) as monitor:
        assert (monitor.ready, up.calls) == (True, 1)
    assert monitor.draining

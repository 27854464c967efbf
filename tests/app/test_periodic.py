"""Work that repeats, survives its failures, and leaves a test's transaction alone."""

import asyncio
from collections.abc import Mapping
from typing import Any

from structlog.testing import capture_logs

from padstone.app import Periodic
from padstone.app.periodic import repeat
from padstone.db import Database
from padstone.errors import UnavailableError
from padstone.health import HealthMonitor


class Work:
    def __init__(self, *, fails: bool = False) -> None:
        self.turns = 0
        self.third = asyncio.Event()
        self._fails = fails

    async def __call__(self, _state: Mapping[str, Any]) -> None:
        self.turns += 1
        if self.turns == 3:
            self.third.set()
        if self._fails:
            raise ConnectionError


async def _until_third_turn(work: Work, state: Mapping[str, Any]) -> None:
    task = asyncio.create_task(repeat(Periodic("work", 0.001, work), state))
    try:
        await asyncio.wait_for(work.third.wait(), 30)
    finally:
        task.cancel()


async def test_it_repeats() -> None:
    await _until_third_turn(Work(), {})


async def test_a_failure_is_not_the_end() -> None:
    await _until_third_turn(Work(fails=True), {})


async def test_while_migrations_wait_readiness_says_it() -> None:
    pending = True

    async def migrations() -> None:
        if pending:
            raise UnavailableError

    monitor = HealthMonitor({"migrations": migrations}, interval=0.001, timeout=1)
    await monitor.start()
    try:
        for level in ("debug", "warning"):
            with capture_logs() as lines:
                await _until_third_turn(Work(fails=True), {"health": monitor})
            failures = [line for line in lines if line["event"] == "periodic work failed"]
            assert {line["log_level"] for line in failures} == {level}
            pending = False
            async with asyncio.timeout(30):
                while not monitor.ready:
                    await asyncio.sleep(0.001)
    finally:
        await monitor.stop()


async def test_it_waits_while_a_test_has_the_database(database: Database) -> None:
    inside, outside = Work(), Work()
    async with database.engine.connect() as connection, database.pinned(connection):
        task = asyncio.create_task(repeat(Periodic("in", 0.001, inside), {"database": database}))
        await _until_third_turn(outside, {})  # so much time has passed
        assert inside.turns == 0
    await asyncio.wait_for(inside.third.wait(), 30)
    task.cancel()

"""A worker's life beside its server, with runs that the test decides about."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from padstone.cli.dev import kept as module
from padstone.cli.dev.discover import DevSystem
from padstone.cli.dev.forks import Forks
from padstone.cli.dev.server import Server
from padstone.cli.dev.worker import Worker


class FakeRun:
    """A run of ``padstone worker``, which the test ends."""

    def __init__(self, arguments: Sequence[object], *, works: bool) -> None:
        self.arguments = arguments
        self.process = self
        self.works = works
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def wait(self) -> int:
        return await asyncio.shield(self.ended)

    async def output(self) -> AsyncIterator[str]:
        yield "a line of a job"

    async def report(self) -> dict[str, Any] | None:
        return {} if self.works else None

    async def end(self) -> None:
        if not self.ended.done():
            self.ended.set_result(-15)


class Stage:
    def __init__(self) -> None:
        self.runs: list[FakeRun] = []
        self.said: list[str] = []
        self.lines: list[str] = []
        self.works = True

    @asynccontextmanager
    async def launched(
        self, _forks: Forks, _folder: Path, arguments: Sequence[object]
    ) -> AsyncIterator[FakeRun]:
        run = FakeRun(arguments, works=self.works)
        self.runs.append(run)
        if not self.works:
            run.ended.set_result(2)
        try:
            yield run
        finally:
            await run.end()

    async def says(self, text: str, count: int = 1) -> None:
        async with asyncio.timeout(10):
            while sum(text in said for said in self.said) < count:
                await asyncio.sleep(0.005)


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    made = Stage()
    monkeypatch.setattr(module, "launched", made.launched)
    monkeypatch.setattr(module, "FIRST_PAUSE", 0.01)
    return made


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield Server(DevSystem("shop", "1", tmp_path, 8000), Forks(), listener, print, print)


@pytest.fixture
async def worker(server: Server, stage: Stage) -> AsyncIterator[Worker]:
    worker = Worker(server, Forks(), stage.said.append, stage.lines.append)
    keeping = asyncio.create_task(worker.keep_up())
    yield worker
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)


async def test_it_works_once_the_server_says_that_there_are_jobs(
    server: Server, worker: Worker, stage: Stage
) -> None:
    await asyncio.sleep(0)
    worker.changed("main.py")
    assert stage.runs == []
    server.has_jobs.set()
    await stage.says("the worker is ready after")
    assert stage.runs[0].arguments == ("worker", "--under-dev", str(server.port))
    assert stage.lines == ["a line of a job"]


async def test_a_change_restarts_it_and_the_server_says_so(
    server: Server, worker: Worker, stage: Stage
) -> None:
    server.has_jobs.set()
    await stage.says("ready")
    worker.changed("jobs.py")
    await stage.says("ready", count=2)
    assert len(stage.runs) == 2
    assert not any("changed" in said for said in stage.said)


async def test_a_crash_is_answered_by_a_restart(
    server: Server, worker: Worker, stage: Stage
) -> None:
    server.has_jobs.set()
    await stage.says("ready")
    stage.runs[0].ended.set_result(-9)
    await stage.says("the worker ended by SIGKILL; starting it again in 0.01 s")
    await stage.says("ready", count=2)


async def test_a_mistake_stops_nothing_else_and_waits_for_the_next_change(
    server: Server, worker: Worker, stage: Stage
) -> None:
    stage.works = False
    server.has_jobs.set()
    await stage.says("the worker does not start (with status 2); waiting for the next change")
    stage.works = True
    worker.changed("jobs.py")
    await stage.says("ready")

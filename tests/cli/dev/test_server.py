"""The server's life, with runs that the test decides about. Real ones are in test_command.py."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from padstone.cli.dev import kept as module
from padstone.cli.dev.discover import DevSystem
from padstone.cli.dev.forks import Forks
from padstone.cli.dev.server import NotStartedError, Server

SERVING: dict[str, Any] = {
    "credentials": {"key": "k"},
    "examples": ["curl {url}"],
    "tasks": 2,
}


class FakeProcess:
    def __init__(self) -> None:
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def wait(self) -> int:
        return await asyncio.shield(self.ended)


class FakeRun:
    """A run that serves and ends when the test says so."""

    def __init__(self, *, seed: bool) -> None:
        self.seed = seed
        self.process = FakeProcess()
        self.serving: asyncio.Future[dict[str, Any] | None] = (
            asyncio.get_running_loop().create_future()
        )
        self.was_stopped = False
        self.leaves_its_output_open = False

    async def output(self) -> AsyncIterator[str]:
        yield "hello"
        await self.process.wait()
        yield "bye"
        if self.leaves_its_output_open:
            await asyncio.Event().wait()

    async def report(self) -> dict[str, Any] | None:
        return await self.serving

    async def end(self) -> None:
        if not self.process.ended.done():
            self.was_stopped = True
            self.ends(-15)

    def serves(self) -> None:
        self.serving.set_result(SERVING)

    def ends(self, status: int) -> None:
        if not self.serving.done():
            self.serving.set_result(None)
        self.process.ended.set_result(status)


class Stage:
    """A server and its runs so far, and what it said."""

    def __init__(self) -> None:
        self.runs: list[FakeRun] = []
        self.said: list[str] = []
        self.lines: list[str] = []

    @asynccontextmanager
    async def launched(
        self, _forks: Forks, _folder: Path, arguments: Sequence[object]
    ) -> AsyncIterator[FakeRun]:
        run = FakeRun(seed="--seed" in arguments)
        assert isinstance(arguments[-1], socket.socket), "its last argument but the pipe"
        self.runs.append(run)
        try:
            yield run
        finally:
            await run.end()

    async def run(self, number: int) -> FakeRun:
        await self.until(lambda: len(self.runs) >= number)
        return self.runs[number - 1]

    async def hears(self, text: str) -> None:
        await self.until(lambda: any(text in said for said in self.said))

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not condition():
                await asyncio.sleep(0.005)


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    made = Stage()
    monkeypatch.setattr(module, "launched", made.launched)
    monkeypatch.setattr(module, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(module, "LONGEST_PAUSE", 0.04)
    return made


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made


@pytest.fixture
async def server(stage: Stage, listener: socket.socket, tmp_path: Path) -> Server:
    system = DevSystem("shop", "1", tmp_path, 8000)
    return Server(system, Forks(), listener, stage.said.append, stage.lines.append)


@pytest.fixture
async def kept(server: Server) -> AsyncIterator["asyncio.Task[None]"]:
    task = asyncio.create_task(server.keep_up())
    yield task
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_it_tells_when_it_serves(
    server: Server, stage: Stage, listener: socket.socket, kept: object
) -> None:
    run = await stage.run(1)
    assert run.seed
    run.serves()
    started = await server.started
    assert (started.credentials, started.examples) == ({"key": "k"}, ["curl {url}"])
    assert started.tasks == 2
    assert server.has_jobs.is_set()
    assert server.url == f"http://127.0.0.1:{listener.getsockname()[1]}"
    assert stage.lines == ["hello"]


async def test_an_end_before_it_served_is_a_failure(
    stage: Stage, kept: "asyncio.Task[None]"
) -> None:
    (await stage.run(1)).ends(1)
    with pytest.raises(NotStartedError, match="shop did not start: its server ended with status 1"):
        await kept
    assert stage.lines == ["hello", "bye"]


async def test_a_change_is_one_restart_however_often_it_is_told(
    server: Server, stage: Stage, kept: object
) -> None:
    first = await stage.run(1)
    first.serves()
    await server.started
    for _ in range(20):
        server.changed("main.py")
    second = await stage.run(2)
    assert first.was_stopped
    assert not second.seed
    second.serves()
    await stage.hears("serving again after")
    assert stage.said[0] == "main.py changed, restarting …"
    assert len(stage.said) == 2
    assert len(stage.runs) == 2


async def test_a_change_while_it_starts_starts_anew(
    server: Server, stage: Stage, kept: object
) -> None:
    await stage.run(1)
    server.changed("main.py")
    second = await stage.run(2)
    assert second.seed  # the first one never came to it
    second.serves()
    await server.started


async def test_a_crash_is_answered_by_a_restart_with_growing_pauses(
    server: Server, stage: Stage, kept: object
) -> None:
    for number in range(1, 6):
        run = await stage.run(number)
        run.serves()
        await server.started
        if number > 1:
            await stage.until(lambda: len(stage.said) >= 2 * number - 2)  # noqa: B023
        run.ends(-9 if number < 5 else 1)
    await stage.run(6)
    crashes = [said for said in stage.said if "ended" in said]
    assert crashes == [
        "the server ended by SIGKILL; starting it again in 0.01 s",
        "the server ended by SIGKILL; starting it again in 0.02 s",
        "the server ended by SIGKILL; starting it again in 0.04 s",
        "the server ended by SIGKILL; starting it again in 0.04 s",
        "the server ended with status 1; starting it again in 0.04 s",
    ]


async def test_a_kill_while_it_starts_again_is_a_crash(
    server: Server, stage: Stage, kept: object
) -> None:
    first = await stage.run(1)
    first.serves()
    await server.started
    first.ends(-9)
    (await stage.run(2)).ends(-9)
    await stage.run(3)


async def test_a_mistake_waits_for_the_next_change(
    server: Server, stage: Stage, kept: object
) -> None:
    (await stage.run(1)).serves()
    await server.started
    server.changed("main.py")
    (await stage.run(2)).ends(1)
    await stage.hears("the server does not start (with status 1); waiting for the next change")
    assert len(stage.runs) == 2
    server.changed("main.py")
    (await stage.run(3)).serves()
    await stage.hears("serving again after")


async def test_stopping_ends_the_run_and_starts_no_other(
    server: Server, stage: Stage, kept: "asyncio.Task[None]"
) -> None:
    run = await stage.run(1)
    run.serves()
    await server.started
    kept.cancel()
    server.changed("main.py")
    with pytest.raises(asyncio.CancelledError):
        await kept
    assert run.was_stopped
    assert len(stage.runs) == 1


async def test_output_that_stays_open_holds_nothing_up(
    server: Server, stage: Stage, kept: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LAST_WORDS_SECONDS", 0.01)
    first = await stage.run(1)
    first.leaves_its_output_open = True
    first.serves()
    await server.started
    first.ends(-9)
    await stage.run(2)

import asyncio
import signal
import textwrap
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from padstone.cli.dev import run as module
from padstone.cli.dev.forks import Forks
from padstone.cli.dev.run import Run, launched, lines


def stream(*pieces: bytes) -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit=1 << 20)
    for piece in pieces:
        reader.feed_data(piece)
    reader.feed_eof()
    return reader


async def test_lines_come_whole() -> None:
    found = [line async for line in lines(stream(b"one\r\ntw", b"o\n\nthr\xffee"))]
    assert found == ["one", "two", "", "thr\ufffdee"]


async def test_a_line_without_end_is_given_out_in_pieces() -> None:
    found = [line async for line in lines(stream(b"x" * 200_000 + b"\nnext\n"))]
    assert "".join(found) == "x" * 200_000 + "next"
    assert max(map(len, found)) <= 2 * module.LONGEST_LINE


class System:
    """A system whose settings are the program under test, which knows its ``report``."""

    def __init__(self, folder: Path, forks: Forks) -> None:
        self.folder = folder
        self.forks = forks
        (folder / "app" / "core").mkdir(parents=True)
        (folder / "app" / "main.py").touch()

    def launched(self, program: str) -> "AbstractAsyncContextManager[Run]":
        source = "import os, sys, signal, time\nreport = int(sys.argv[-1])\n"
        (self.folder / "app" / "core" / "config.py").write_text(source + textwrap.dedent(program))
        return launched(self.forks, self.folder, ["worker", "--under-dev", "8000"])


@pytest.fixture
def system(tmp_path: Path, forks: Forks) -> System:
    return System(tmp_path, forks)


async def test_a_report_is_what_it_wrote(system: System) -> None:
    program = """
        print("a line", flush=True)
        os.write(report, b'{"arguments": "%s"}' % " ".join(sys.argv[:-1]).encode())
        os._exit(0)
    """
    async with system.launched(program) as run:
        assert await run.report() == {"arguments": "padstone worker --under-dev 8000"}
        assert [line async for line in run.output()] == ["a line"]
    assert run.process.returncode == 0


async def test_an_end_before_it_served_is_no_report(system: System) -> None:
    async with system.launched("sys.exit(4)") as run:
        assert await run.report() is None
        assert await run.process.wait() == 4


async def test_the_block_ends_the_process(system: System) -> None:
    program = """
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.write(report, b"{}")
        os.close(report)
        time.sleep(600)
    """
    async with system.launched(program) as run:
        assert await run.report() == {}
    assert run.process.returncode == -signal.SIGTERM


async def test_what_does_not_want_to_end_is_killed(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    # With what it has started: a child in its group that does not listen either.
    program = """
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if os.fork():
            os.write(report, b"{}")
            os.close(report)
        time.sleep(600)
    """
    assert module.STOP_SECONDS < 3, "Ctrl-C promises three"
    monkeypatch.setattr(module, "STOP_SECONDS", 0.1)
    async with system.launched(program) as run:
        assert await run._report.readexactly(2) == b"{}"
        output = asyncio.create_task(run.process.stdout.read())
        ended = asyncio.create_task(run.end())
        async with asyncio.timeout(20):
            await output  # nobody holds it open any more
            await ended
    assert run.process.returncode == -signal.SIGKILL

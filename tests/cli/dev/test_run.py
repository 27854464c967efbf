import asyncio
import signal
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

import pytest

from padstone.cli.dev import run as module
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


@pytest.fixture
def spawned(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """The program that is started in the server's place; the test fills it in."""
    program: list[str] = []

    async def spawn(
        folder: Path, arguments: Sequence[object], descriptors: Sequence[int]
    ) -> object:
        assert folder == tmp_path
        *given, report = arguments
        source = f"import os, sys, signal, time\nreport = {report}\ngiven = {given}\n"
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", source + textwrap.dedent(program[0])),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            pass_fds=descriptors,
            process_group=0,
        )

    monkeypatch.setattr(module, "_spawn", spawn)
    return program


async def start(tmp_path: Path) -> Run:
    async with launched(tmp_path, ["serve"], []) as run:
        return run


async def test_a_report_is_what_it_wrote(spawned: list[str], tmp_path: Path) -> None:
    spawned.append("""
        print("a line", flush=True)
        os.write(report, b'{"given": "%s"}' % " ".join(given).encode())
    """)
    async with launched(tmp_path, ["serve", "--seed"], []) as run:
        assert await run.report() == {"given": "serve --seed"}
        assert [line async for line in run.output()] == ["a line"]
    assert run.process.returncode == 0


async def test_an_end_before_it_served_is_no_report(spawned: list[str], tmp_path: Path) -> None:
    spawned.append("sys.exit(3)")
    async with launched(tmp_path, ["serve"], []) as run:
        assert await run.report() is None
        assert await run.process.wait() == 3


async def test_the_block_ends_the_process(spawned: list[str], tmp_path: Path) -> None:
    spawned.append("time.sleep(600)")
    run = await start(tmp_path)
    assert run.process.returncode == -signal.SIGTERM


async def test_what_does_not_want_to_end_is_killed(
    spawned: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # With what it has started: a child in its group that does not listen either.
    spawned.append("""
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if os.fork():
            os.write(report, b"{}")
            os.close(report)
        time.sleep(600)
    """)
    assert module.STOP_SECONDS < 3, "Ctrl-C promises three"
    monkeypatch.setattr(module, "STOP_SECONDS", 0.1)
    async with launched(tmp_path, ["serve"], []) as run:
        assert await run._report.readexactly(2) == b"{}"
        assert run.process.stdout is not None
        output = asyncio.create_task(run.process.stdout.read())
    async with asyncio.timeout(20):
        await output  # nobody holds it open any more
    assert run.process.returncode == -signal.SIGKILL

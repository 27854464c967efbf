"""One run of a process: what it writes, and what it says of itself once it serves."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Run", "launched", "lines"]

STOP_SECONDS = 2.5  # Ctrl-C promises three
LONGEST_LINE = 1 << 16


@dataclass(frozen=True, slots=True)
class Run:
    """A process that starts to serve. ``_report`` is a pipe that it writes to when it does."""

    process: asyncio.subprocess.Process
    _report: asyncio.StreamReader

    def output(self) -> AsyncIterator[str]:
        """Every line that it writes."""
        assert self.process.stdout is not None  # noqa: S101  # it was asked for
        return lines(self.process.stdout)

    async def report(self) -> dict[str, Any] | None:
        """What it says when it serves: the answer of its seeding. ``None`` where it ends before."""
        said = await self._report.read()
        return dict(json.loads(said)) if said else None

    async def end(self) -> None:
        """Ends it: politely first, and after a while whether it likes or not."""
        if self.process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            self.process.terminate()
        try:
            await asyncio.wait_for(self.process.wait(), STOP_SECONDS)
        except TimeoutError:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)  # with what it may have started
            await self.process.wait()


@asynccontextmanager
async def launched(
    folder: Path, arguments: Sequence[object], descriptors: Sequence[int]
) -> AsyncIterator[Run]:
    """Starts ``padstone`` in ``folder``. Its process is gone after the block.

    It inherits ``descriptors``. Behind ``arguments`` stands the number of the pipe that it is to
    report to.
    """
    receiving, sending = os.pipe()
    report = asyncio.StreamReader()
    pipe, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(report), os.fdopen(receiving, "rb", buffering=0)
    )
    try:
        try:
            process = await _spawn(folder, [*arguments, sending], [*descriptors, sending])
        finally:
            os.close(sending)
        run = Run(process, report)
        try:
            yield run
        finally:
            await run.end()
    finally:
        pipe.close()


async def _spawn(
    folder: Path, arguments: Sequence[object], descriptors: Sequence[int]
) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "padstone", *map(str, arguments)),
        cwd=folder,
        env={"SHUTDOWN_GRACE_SECONDS": "1", **os.environ},
        stdin=asyncio.subprocess.PIPE,  # closes when this process ends, however it ends
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        pass_fds=descriptors,
        process_group=0,  # Ctrl-C reaches this process alone, which then ends the others
    )


async def lines(stream: asyncio.StreamReader) -> AsyncIterator[str]:
    """The stream's lines as they come. One that never seems to end is given out in pieces."""
    rest = b""
    while chunk := await stream.read(LONGEST_LINE):
        *whole, rest = (rest + chunk).split(b"\n")
        if len(rest) > LONGEST_LINE:
            whole, rest = [*whole, rest], b""
        for line in whole:
            yield line.decode(errors="replace").rstrip("\r")
    if rest:
        yield rest.decode(errors="replace")

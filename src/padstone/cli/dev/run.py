"""One run of a process: what it writes, and what it says of itself once it serves."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from padstone.cli.dev.forks import File, Forked, Forks

__all__ = ["Run", "launched", "lines"]

STOP_SECONDS = 2.5  # Ctrl-C promises three
LONGEST_LINE = 1 << 16


@dataclass(frozen=True, slots=True)
class Run:
    """A process that starts to serve. ``_report`` is a pipe that it writes to when it does."""

    process: Forked
    _report: asyncio.StreamReader

    def output(self) -> AsyncIterator[str]:
        """Every line that it writes."""
        return lines(self.process.stdout)

    async def report(self) -> dict[str, Any] | None:
        """What it says when it serves: the answer of its seeding. ``None`` where it ends before."""
        said = await self._report.read()
        return dict(json.loads(said)) if said else None

    async def end(self) -> None:
        """Ends it: politely first, and after a while whether it likes or not."""
        self.process.terminate()
        try:
            await asyncio.wait_for(self.process.wait(), STOP_SECONDS)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()


@asynccontextmanager
async def launched(
    forks: Forks, folder: Path, arguments: Sequence[str | File]
) -> AsyncIterator[Run]:
    """Starts ``padstone`` in ``folder``. Its process is gone after the block.

    Behind ``arguments`` stands the number of the pipe that it is to report to.
    """
    receiving, sending = os.pipe()
    report = asyncio.StreamReader()
    pipe, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(report), os.fdopen(receiving, "rb", buffering=0)
    )
    with closing(pipe):
        with os.fdopen(sending, "wb", buffering=0) as theirs:
            process = await forks.start(folder, [*arguments, theirs])
        with closing(process):
            run = Run(process, report)
            try:
                yield run
            finally:
                await run.end()


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

"""A process that is kept up: started anew after a change and after a crash."""

import asyncio
import signal
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, ClassVar

from padstone.cli.dev.discover import DevSystem
from padstone.cli.dev.forks import File, Forks
from padstone.cli.dev.run import Run, launched

__all__ = ["Kept", "Say"]

Say = Callable[[str], None]

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 8.0
LAST_WORDS_SECONDS = 1.0
STEADY_SECONDS = 30.0
"""After so long in service, a crash is not counted together with those before it."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended by itself, and after how long in service; ``None`` where it never was."""

    status: int
    served_for: float | None

    def __str__(self) -> str:
        if self.status >= 0:
            return f"with status {self.status}"
        return f"by {signal.Signals(-self.status).name}"

    @property
    def is_crash(self) -> bool:
        """Whether the same code may well serve again. What ends by itself at its start will not."""
        return self.served_for is not None or self.status < 0


class Kept(ABC):
    """Keeps one process of a system up. ``say`` takes what happens, ``line`` what it writes."""

    noun: ClassVar[str]

    def __init__(self, system: DevSystem, forks: Forks, say: Say, line: Say) -> None:
        self.system = system
        self._forks = forks
        self._say = say
        self._line = line
        self._change = asyncio.Event()
        self._serves_since: float | None = None

    @abstractmethod
    def _arguments(self) -> Sequence[str | File]:
        """What ``padstone`` is called with, and the open files that it is given there."""

    @abstractmethod
    def _greeted(self, after: float, said: dict[str, Any]) -> None:
        """Takes note that it serves, ``after`` so many seconds, and of what it says."""

    @abstractmethod
    def _ended(self, ending: Ending) -> None:
        """Takes note of an end. It may raise, where nothing goes on without the process."""

    def changed(self, name: str) -> None:
        """Takes note that a file was saved; several notes before a restart are one restart."""
        if not self._change.is_set():
            self._say(f"{name} changed, restarting …")
        self._change.set()

    async def keep_up(self) -> None:
        """Keeps it up until it is cancelled."""
        crashes = 0
        while True:
            self._change.clear()
            ending = await self._run()
            if ending is None:
                crashes = 0
                continue
            self._ended(ending)
            if not ending.is_crash:
                self._say(f"the {self.noun} does not start ({ending}); waiting for the next change")
                await self._change.wait()
            else:
                crashes = 1 if (ending.served_for or 0) > STEADY_SECONDS else crashes + 1
                await self._pause(ending, crashes)

    async def _pause(self, ending: Ending, crashes: int) -> None:
        pause = min(FIRST_PAUSE * 2 ** (crashes - 1), LONGEST_PAUSE)
        self._say(f"the {self.noun} ended {ending}; starting it again in {pause:g} s")
        with suppress(TimeoutError):
            await asyncio.wait_for(self._change.wait(), pause)

    async def _run(self) -> Ending | None:
        """One run. How it ended, or ``None`` where a change ended it."""
        self._serves_since = None
        async with (
            launched(self._forks, self.system.folder, self._arguments()) as run,
            asyncio.TaskGroup() as group,
        ):
            hearing = {
                group.create_task(self._repeat_lines(run)),
                group.create_task(self._greet(run)),
            }
            ended = group.create_task(run.process.wait())
            change = group.create_task(self._change.wait())
            await asyncio.wait({ended, change}, return_when=asyncio.FIRST_COMPLETED)
            change.cancel()
            await run.end()
            status = await ended
            # What it started itself may still hold its output open.
            await asyncio.wait(hearing, timeout=LAST_WORDS_SECONDS)
            for task in hearing:
                task.cancel()
        return None if self._change.is_set() else self._ending(status)

    def _ending(self, status: int) -> Ending:
        since = self._serves_since
        return Ending(status, None if since is None else time.monotonic() - since)

    async def _repeat_lines(self, run: Run) -> None:
        async for line in run.output():
            self._line(line)

    async def _greet(self, run: Run) -> None:
        """Waits until it serves."""
        began = time.monotonic()
        said = await run.report()
        if said is not None:
            self._serves_since = time.monotonic()
            self._greeted(self._serves_since - began, said)

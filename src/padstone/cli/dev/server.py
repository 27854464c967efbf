"""The server of one system, which is kept up: started anew after a change and after a crash."""

import asyncio
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from padstone.cli.dev.discover import DevSystem
from padstone.cli.dev.run import Run, launched
from padstone.errors import PadstoneError

__all__ = ["NotStartedError", "Server", "Started"]

Say = Callable[[str], None]

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 8.0
LAST_WORDS_SECONDS = 1.0
STEADY_SECONDS = 30.0
"""After so long in service, a crash is not counted together with those before it."""


class NotStartedError(PadstoneError):
    """A server ended before it served."""

    code = "not_started"


@dataclass(frozen=True, slots=True)
class Started:
    """What is known of a system once it serves: ``after`` so many seconds, and how to try it."""

    after: float
    credentials: dict[str, str] = field(default_factory=dict)
    examples: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Ending:
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


class Server:
    """Keeps one system served. ``say`` takes what happens, ``line`` what the server writes."""

    def __init__(self, system: DevSystem, listener: socket.socket, say: Say, line: Say) -> None:
        host, port = listener.getsockname()
        self.system = system
        self.url = f"http://{host}:{port}"
        self.started: asyncio.Future[Started] = asyncio.get_running_loop().create_future()
        self._listener = listener
        self._say = say
        self._line = line
        self._change = asyncio.Event()
        self._serves_since: float | None = None

    def changed(self, name: str) -> None:
        """Takes note that a file was saved; several notes before a restart are one restart."""
        if not self._change.is_set():
            self._say(f"{name} changed, restarting …")
        self._change.set()

    async def keep_up(self) -> None:
        """Serves until it is cancelled. Raises ``NotStartedError`` where it never served."""
        crashes = 0
        while True:
            self._change.clear()
            ending = await self._run()
            if ending is None:
                crashes = 0
            elif not self.started.done():
                raise NotStartedError(
                    f"{self.system.name} did not start: its server ended {ending}. "
                    "Its lines above say why."
                )
            elif not ending.is_crash:
                self._say(f"the server does not start ({ending}); waiting for the next change")
                await self._change.wait()
            else:
                crashes = 1 if (ending.served_for or 0) > STEADY_SECONDS else crashes + 1
                await self._pause(ending, crashes)

    async def _pause(self, ending: _Ending, crashes: int) -> None:
        pause = min(FIRST_PAUSE * 2 ** (crashes - 1), LONGEST_PAUSE)
        self._say(f"the server ended {ending}; starting it again in {pause:g} s")
        with suppress(TimeoutError):
            await asyncio.wait_for(self._change.wait(), pause)

    async def _run(self) -> _Ending | None:
        """One run of the server. How it ended, or ``None`` where a change ended it."""
        self._serves_since = None
        async with (
            launched(self.system.folder, self._listener, seed=not self.started.done()) as run,
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

    def _ending(self, status: int) -> _Ending:
        since = self._serves_since
        return _Ending(status, None if since is None else time.monotonic() - since)

    async def _repeat_lines(self, run: Run) -> None:
        async for line in run.output():
            self._line(line)

    async def _greet(self, run: Run) -> None:
        """Waits until it serves, and says so."""
        began = time.monotonic()
        said = await run.report()
        if said is None:
            return
        self._serves_since = time.monotonic()
        after = self._serves_since - began
        if self.started.done():
            self._say(f"serving again after {after:.1f} s")
        else:
            self.started.set_result(Started(after, said["credentials"], said["examples"]))

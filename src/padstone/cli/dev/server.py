"""The server of one system, which is kept up."""

import asyncio
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from padstone.cli.dev.discover import DevSystem
from padstone.cli.dev.forks import File, Forks
from padstone.cli.dev.kept import Ending, Kept, Say
from padstone.errors import PadstoneError

__all__ = ["NotStartedError", "Server", "Started"]


class NotStartedError(PadstoneError):
    """A server ended before it served."""

    code = "not_started"


@dataclass(frozen=True, slots=True)
class Started:
    """What is known of a system once it serves.

    ``after`` so many seconds, how to try it, and how many kinds of background jobs it has.
    """

    after: float
    credentials: dict[str, str] = field(default_factory=dict)
    examples: list[str] = field(default_factory=list)
    tasks: int = 0


class Server(Kept):
    """Keeps one system served. ``has_jobs`` is set once it has said that it has some."""

    noun = "server"

    def __init__(
        self, system: DevSystem, forks: Forks, listener: socket.socket, say: Say, line: Say
    ) -> None:
        super().__init__(system, forks, say, line)
        host, self.port = listener.getsockname()
        self.url = f"http://{host}:{self.port}"
        self.started: asyncio.Future[Started] = asyncio.get_running_loop().create_future()
        self.has_jobs = asyncio.Event()
        self._listener = listener

    def _arguments(self) -> Sequence[str | File]:
        seed = () if self.started.done() else ("--seed",)
        return ("serve", *seed, "--under-dev", self._listener)

    def _greeted(self, after: float, said: dict[str, Any]) -> None:
        if said["tasks"]:
            self.has_jobs.set()
        if self.started.done():
            self._say(f"serving again after {after:.1f} s")
        else:
            self.started.set_result(
                Started(after, said["credentials"], said["examples"], said["tasks"])
            )

    def _ended(self, ending: Ending) -> None:
        if not self.started.done():
            raise NotStartedError(
                f"{self.system.name} did not start: its server ended {ending}. "
                "Its lines above say why."
            )

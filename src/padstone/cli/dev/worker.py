"""The worker of a system that has background jobs, which is kept up."""

from collections.abc import Sequence
from typing import Any

from padstone.cli.dev.forks import File, Forks
from padstone.cli.dev.kept import Ending, Kept, Say
from padstone.cli.dev.server import Server

__all__ = ["Worker"]


class Worker(Kept):
    """Keeps one worker of a system up, from the time that its server says that there are jobs."""

    noun = "worker"

    def __init__(self, server: Server, forks: Forks, say: Say, line: Say) -> None:
        super().__init__(server.system, forks, say, line)
        self._server = server

    async def keep_up(self) -> None:
        """Waits for the server, which migrates the database, and keeps the worker up then."""
        await self._server.has_jobs.wait()
        await super().keep_up()

    def changed(self, name: str) -> None:  # noqa: ARG002  # the server has said it
        """Takes note that a file was saved."""
        self._change.set()

    def _arguments(self) -> Sequence[str | File]:
        return ("worker", "--under-dev", str(self._server.port))

    def _greeted(self, after: float, _said: dict[str, Any]) -> None:
        self._say(f"the worker is ready after {after:.1f} s")

    def _ended(self, _ending: Ending) -> None:
        """The system is of use without it, and its lines say why it ended."""

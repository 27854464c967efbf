"""Processes forked from one that has imported everything but the system; see ``forkserver``."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Protocol

from padstone.cli.dev.forkserver import Order, send

__all__ = ["File", "Forked", "Forks"]


_NOT_FORKED = 1


class File(Protocol):
    """Something open, such as a socket."""

    def fileno(self) -> int: ...


class _Pipe(NamedTuple):
    reader: asyncio.StreamReader
    transport: asyncio.ReadTransport


class Forked:
    """A process that runs ``padstone``. Its input closes when this one ends, however it ends.

    ``pid`` is ``None`` where it was never forked, since whoever should have forked it ended.
    """

    def __init__(self, pid: int | None, stdin: int, stdout: _Pipe, told: _Pipe) -> None:
        self.pid = pid
        self.stdout = stdout.reader
        self.returncode: int | None = None
        self._stdin = stdin
        self._pipes = (stdout, told)
        self._ended = asyncio.create_task(self._end(told.reader))

    async def wait(self) -> int:
        """How it ended, as ``subprocess`` has it: its status, or less than 0 for a signal."""
        return await asyncio.shield(self._ended)

    def terminate(self) -> None:
        """Asks it to end."""
        # Whoever has been waited for may have left his number to another.
        if self.pid is not None and self.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        """Ends it, with what it may have started."""
        if self.pid is not None and self.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)

    def close(self) -> None:
        """Lets go of what it wrote, for when it has ended."""
        for pipe in self._pipes:
            pipe.transport.close()

    async def _end(self, told: asyncio.StreamReader) -> int:
        try:
            status = (await told.readline()).strip()
            if not status:  # who would have told has ended, and nobody can be waited for
                self.kill()
            self.returncode = int(status or (_NOT_FORKED if self.pid is None else -signal.SIGKILL))
        finally:
            os.close(self._stdin)
        return self.returncode


class Forks:
    """Starts the process to fork from when it is first needed, and again after it has ended."""

    def __init__(self) -> None:
        self._servers: list[subprocess.Popen[bytes]] = []
        self._door: socket.socket | None = None

    async def start(self, folder: Path, arguments: Sequence[str | File]) -> Forked:
        """Forks ``padstone`` with ``arguments`` in ``folder``.

        It inherits the files among them, and reads their numbers in their places.
        """
        door = self._open_door()
        handed = [word.fileno() for word in arguments if not isinstance(word, str)]
        numbers = iter(range(len(handed)))
        words = [
            word if isinstance(word, str) else {"descriptor": next(numbers)} for word in arguments
        ]
        (given, stdin), (output, stdout), (result, telling) = (os.pipe() for _ in range(3))
        try:
            # Nobody who takes it is as good as one who takes it and ends: the pipes tell.
            with suppress(OSError):
                send(door, Order(str(folder), words), [given, stdout, telling, *handed])
        finally:
            for file in (given, stdout, telling):
                os.close(file)
        told, written = await _open(result), await _open(output)
        pid = (await told.reader.readline()).strip()
        return Forked(int(pid) if pid else None, stdin, written, told)

    def renew(self) -> None:
        """Forks from a new process from now on, since what was imported has changed."""
        if self._door is not None:
            self._door.close()  # it ends after the last of its children
            self._door = None

    def close(self) -> None:
        """For when all that was forked has ended."""
        self.renew()
        for server in self._servers:
            server.kill()
            server.wait()

    def _open_door(self) -> socket.socket:
        if self._door is not None and self._servers[-1].poll() is not None:
            self.renew()
        if self._door is None:
            self._door, theirs = socket.socketpair()
            with theirs:
                self._servers.append(_serve(theirs))
        return self._door


def _serve(door: socket.socket) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603  # our own module
        (sys.executable, "-m", "padstone.cli.dev.forkserver", str(door.fileno())),
        env={"SHUTDOWN_GRACE_SECONDS": "1", "SHUTDOWN_DELAY_SECONDS": "0", **os.environ},
        stdin=subprocess.DEVNULL,
        pass_fds=(door.fileno(),),
        process_group=0,  # Ctrl-C reaches ``padstone dev`` alone, which then ends the others
    )


async def _open(file: int) -> _Pipe:
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(file, "rb", buffering=0)
    )
    return _Pipe(reader, transport)

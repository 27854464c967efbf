"""The process from which ``padstone dev`` forks servers and workers.

It has imported what they all need and nothing of any system, so that a start or a restart pays for
the system's own modules alone. It runs one thread and opens nothing, and so may be forked.

An order comes through the socket that the command line names: four bytes of length, then JSON, with
open files beside it. The first three are the new process's input, its output, and the pipe on which
it is told of: one line with its pid, and one with its status when it has ended.
"""

import array
import gc
import importlib
import io
import json
import os
import runpy
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from setproctitle import setproctitle

__all__ = ["Order", "main", "send"]

_LENGTH_BYTES = 4
_MOST_FILES = 16
_SPACE = socket.CMSG_SPACE(_MOST_FILES * array.array("i").itemsize)
_PLACE = "descriptor"  # in the arguments: the number that the file of this index has there

_IMPORTED = (
    "alembic.command",
    "asyncpg",
    "boto3.session",
    "padstone.app",
    "padstone.auth.users.routes",
    "padstone.cli.program",
    "padstone.cli.serve.command",
    "padstone.cli.serve.report",
    "padstone.cli.serve.server",
    "padstone.cli.worker.command",
    "padstone.cli.worker.work",
    "padstone.resource",
    "sqlalchemy.dialects.postgresql.asyncpg",
    "uvicorn.lifespan.on",
    "uvicorn.protocols.http.httptools_impl",
    "uvloop",
)


@dataclass(frozen=True, slots=True)
class Order:
    """What a new process is to be: ``padstone`` with ``arguments`` in ``folder``.

    An argument ``{"descriptor": 0}`` becomes the number of the first of the files that are handed
    over behind the three of every order.
    """

    folder: str
    arguments: list[str | dict[str, int]]

    def bytes(self) -> bytes:
        """As it is sent, its length first."""
        body = json.dumps({"folder": self.folder, "arguments": self.arguments}).encode()
        return len(body).to_bytes(_LENGTH_BYTES, "big") + body


def send(door: socket.socket, order: Order, files: list[int]) -> None:
    """Orders a process. Raises ``OSError`` where nobody takes orders any more."""
    socket.send_fds(door, [order.bytes()], files)


def main() -> int:
    """Forks until nobody orders any more, and ends after the last of its children."""
    # What a developer's Ctrl-C ends, ``padstone dev`` ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in _IMPORTED:
        # What comes with an extra need not be here, and a system that misses it says so itself.
        with suppress(ImportError):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()
    with socket.socket(fileno=int(sys.argv[1])) as door:
        ordered = _fork_from(door)
    return 0 if ordered is None else _become(*ordered)


def _fork_from(door: socket.socket) -> tuple[Order, list[int]] | None:
    """In each new process: what it is to be. ``None`` when nobody orders any more."""
    children = _Children()
    while (received := _receive(door)) is not None:
        _, files = received
        if children.fork(files[2]):
            return received
        for file in files:
            os.close(file)
    children.outlive()
    return None


def _receive(door: socket.socket) -> tuple[Order, list[int]] | None:
    head, ancillary, _, _ = door.recvmsg(_LENGTH_BYTES, _SPACE)
    if not head:
        return None
    files = array.array("i")
    for level, kind, data in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            files.frombytes(data[: len(data) - len(data) % files.itemsize])
    head += _exactly(door, _LENGTH_BYTES - len(head))
    said: dict[str, Any] = json.loads(_exactly(door, int.from_bytes(head, "big")))
    return Order(said["folder"], said["arguments"]), list(files)


def _exactly(door: socket.socket, size: int) -> bytes:
    received = b""
    while len(received) < size:
        more = door.recv(size - len(received))
        if not more:
            raise EOFError("The order ended before its end.")
        received += more
    return received


class _Children:
    """The forked processes, and the pipes on which their ends are told."""

    def __init__(self) -> None:
        self._pipes: dict[int, int] = {}
        signal.signal(signal.SIGCHLD, self._reap)

    def fork(self, pipe: int) -> bool:
        """Whether this is the new process now."""
        pipe = os.dup(pipe)
        # A child that ends at once is not looked for before its pipe is known.
        masked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        pid = os.fork()
        if pid == 0:
            os.setpgid(0, 0)  # Ctrl-C reaches ``padstone dev`` alone, which then ends the others
            for other in (pipe, *self._pipes.values()):
                os.close(other)
            for number in (signal.SIGCHLD, signal.SIGINT):
                signal.signal(number, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
        else:
            self._pipes[pid] = pipe
            os.write(pipe, b"%d\n" % pid)
        signal.pthread_sigmask(signal.SIG_SETMASK, masked)
        return pid == 0

    def outlive(self) -> None:
        """Returns when no child is left."""
        while self._pipes:
            signal.pause()

    def _reap(self, *_: object) -> None:
        for pid in list(self._pipes):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                pipe = self._pipes.pop(pid)
                try:
                    os.write(pipe, b"%d\n" % os.waitstatus_to_exitcode(status))
                except BrokenPipeError:
                    pass  # whoever wanted to know has ended
                finally:
                    os.close(pipe)


def _become(order: Order, files: list[int]) -> int:
    """Runs ``padstone`` in this process, as if it had been started so."""
    given, taken, _, *handed = files
    os.dup2(given, 0)
    os.dup2(taken, 1)
    os.dup2(taken, 2)
    for file in files[:3]:
        os.close(file)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)  # what a developer prints is for reading now
    os.chdir(order.folder)
    arguments = [
        str(handed[word[_PLACE]]) if isinstance(word, dict) else word for word in order.arguments
    ]
    sys.argv = ["padstone", *arguments]
    setproctitle(" ".join(sys.argv))  # for who looks at the list of processes
    runpy.run_module("padstone", run_name="__main__")
    return 0


if __name__ == "__main__":
    sys.exit(main())

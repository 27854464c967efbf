"""Where the lines of this process leave it: whole, in order, and several at once."""

import asyncio
import os
import select
import stat
import sys
from collections.abc import Iterator
from contextlib import suppress
from threading import RLock
from typing import TextIO

__all__ = ["WAITING_SECONDS", "Outlet"]

WAITING_SECONDS = 0.2
"""The longest that a line waits while the event loop turns."""

_MOST_WAITING = 64 * 1024  # bytes


class Outlet:
    """A stream for lines: those that are written leave at once, and those that are added may wait.

    Whatever waits leaves before the next line that is written, so that their order is that of the
    events. Lines wait only between ``hold`` and ``release``, and only on their way to this
    process's own standard error: who put another stream there wants to read it now. Used as the
    stream of a ``logging`` handler it is also flushed when the interpreter ends.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._descriptor = stream.fileno() if stream is sys.__stderr__ else None
        self._is_holding = False
        self._begin()

    def _begin(self) -> None:
        self._process = os.getpid()
        self._lock = RLock()  # a handler of signals may write while its thread does
        self._waiting: list[bytes] = []
        self._size = 0
        self._timer: asyncio.TimerHandle | None = None

    def hold(self) -> None:
        """From now on lines that are added may wait."""
        self._is_holding = self._descriptor is not None

    def release(self) -> None:
        """No line waits any more."""
        self._is_holding = False
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
        self.flush()

    def write(self, text: str) -> None:
        """Writes ``text``, which ends with its line, behind all that waits."""
        if os.getpid() != self._process:  # what waited when we were forked is our parent's
            self._begin()
        with self._lock:
            if self._descriptor is None:
                self._stream.write(text)
                self._stream.flush()
            else:
                self._send(self._taken() + text.encode(errors="backslashreplace"))

    def flush(self) -> None:
        """Writes what waits."""
        with self._lock:
            if self._waiting and os.getpid() == self._process:
                self._send(self._taken())

    def add(self, line: bytes) -> None:
        """Writes ``line`` soon. Where that fails it is lost, and nobody is told."""
        if not self._is_holding:
            self.write(line.decode())
            return
        with self._lock:
            self._waiting.append(line)
            self._size += len(line)
            if self._size >= _MOST_WAITING or not self._is_awaited():
                self._flush_quietly()

    def _is_awaited(self) -> bool:
        """Whether an event loop will flush; from outside of any, a line leaves at once."""
        if self._timer is None:
            try:
                loop = asyncio.get_running_loop()
            except RuntimeError:
                return False
            self._timer = loop.call_later(WAITING_SECONDS, self._on_time)
        return True

    def _on_time(self) -> None:
        self._timer = None
        self._flush_quietly()

    def _flush_quietly(self) -> None:
        # Nobody waits for these lines who could be told, and an answer is not to fail for its line.
        with suppress(OSError):
            self.flush()

    def _taken(self) -> bytes:
        lines, self._waiting, self._size = self._waiting, [], 0
        return b"".join(lines)

    def _send(self, data: bytes) -> None:
        self._stream.flush()  # what somebody printed without ending the line
        assert self._descriptor is not None  # noqa: S101  # nothing waits for other streams
        for piece in _pieces(data, self._descriptor):
            _write(self._descriptor, piece)


def _pieces(data: bytes, descriptor: int) -> Iterator[bytes]:
    """Whole lines, in pieces that no other process can write into.

    A file takes each call as one. A pipe, which all processes of a server may share, does so up to
    PIPE_BUF bytes; a line that is longer than that goes by itself.
    """
    start, most = 0, select.PIPE_BUF
    if len(data) > most and not stat.S_ISREG(os.fstat(descriptor).st_mode):
        while len(data) - start > most:
            end = data.rfind(b"\n", start, start + most) + 1 or data.find(b"\n", start) + 1
            if end == 0:
                break
            yield data[start:end]
            start = end
    if start < len(data):
        yield data[start:]


def _write(descriptor: int, data: bytes) -> None:
    while data:
        try:
            data = data[os.write(descriptor, data) :]
        except BlockingIOError:  # somebody made it so, and it is full
            select.select([], [descriptor], [])

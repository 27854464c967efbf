"""The end of log files, and what is added to them."""

import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

__all__ = ["Tail", "follow"]

_LOOK_EVERY = 0.1
_BLOCK = 65_536


class Tail:
    """One log, and how far it has been read. It need not exist yet."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._position = 0
        self._unfinished = b""

    def last_lines(self, count: int) -> list[str]:
        """The last ``count`` lines; what comes after them is new."""
        try:
            with self._path.open("rb") as file:
                self._position = os.fstat(file.fileno()).st_size
                found = _end(file.fileno(), self._position, count)
        except FileNotFoundError:
            return []
        return found.decode(errors="replace").splitlines()[-count:] if count else []

    def new_lines(self) -> list[str]:
        """What was added since it was last read, in whole lines.

        A log that is shorter than it was has begun anew, and is read from its beginning.
        """
        try:
            with self._path.open("rb") as file:
                if os.fstat(file.fileno()).st_size < self._position:
                    self._position, self._unfinished = 0, b""
                file.seek(self._position)
                added = file.read()
        except FileNotFoundError:
            return []
        self._position += len(added)
        *lines, self._unfinished = (self._unfinished + added).split(b"\n")
        return [line.decode(errors="replace") for line in lines]


def follow(tails: Mapping[str, Tail]) -> Iterator[tuple[str, str]]:
    """The new lines of all logs as they come, each with the name of its log. Never ends."""
    while True:
        for name, tail in tails.items():
            for line in tail.new_lines():
                yield name, line
        time.sleep(_LOOK_EVERY)


def _end(descriptor: int, size: int, count: int) -> bytes:
    # Blocks are read backwards, since a log may be large and its end is all that is asked for.
    found = b""
    while size > 0 and found.count(b"\n") <= count:
        block = min(_BLOCK, size)
        size -= block
        found = os.pread(descriptor, block, size) + found
    return found

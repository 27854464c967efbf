"""Mails as files, oldest first by name."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

__all__ = ["Store", "box_of", "received_at", "seconds_of"]

_KEPT = 1000
_NANOSECONDS = 1_000_000_000


class Store:
    """The newest thousand mails of a folder. Safe to use from several threads.

    An id is the time of arrival in nanoseconds and the box, and thereby the file's name.
    """

    def __init__(self, folder: Path, *, kept: int = _KEPT) -> None:
        self._folder = folder
        self.kept = kept
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for draft in folder.glob("*.new"):  # of a process that was killed
            draft.unlink()
        self._ids = sorted(path.stem for path in folder.glob("*.eml"))
        self._changed = threading.Condition()
        # Other than that of any run before, whose pages may still be open.
        self._version = time.time_ns()

    @property
    def version(self) -> int:
        """Another number after each change."""
        return self._version

    def add(self, box: str, content: bytes) -> str:
        """Keeps a mail, gives its id, and drops what is too old."""
        with self._changed:
            last = received_at(self._ids[-1]) if self._ids else 0
            name = f"{max(time.time_ns(), last + 1):020d}-{box}"
            draft = self._folder / f"{name}.new"
            draft.write_bytes(content)
            draft.replace(self._path(name))
            self._ids.append(name)
            self._drop(self._ids[: -self.kept])
        return name

    def newest_first(self, *, after: str = "", box: str = "") -> list[str]:
        """The ids of a box, or of all, that came after the mail ``after``."""
        with self._changed:
            ids = self._ids[::-1]
        return [one for one in ids if one > after and box in {"", box_of(one)}]

    def read(self, name: str) -> bytes | None:
        """What a mail consists of; ``None`` where there is no such mail."""
        # Only what is in the list becomes a path.
        if name not in self._ids:
            return None
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:  # somebody has removed the file, or the box was just emptied
            return None

    def clear(self, box: str = "") -> int:
        """Deletes the mails of a box, or all; how many there were."""
        with self._changed:
            gone = [one for one in self._ids if box in {"", box_of(one)}]
            self._drop(gone)
        return len(gone)

    def wait(self, condition: Callable[[], bool], seconds: float) -> None:
        """Returns when ``condition`` is true, which is looked at after each change, or in time."""
        with self._changed:
            self._changed.wait_for(condition, seconds)

    def _drop(self, names: list[str]) -> None:
        gone = set(names)
        self._ids = [one for one in self._ids if one not in gone]
        for name in names:
            self._path(name).unlink(missing_ok=True)
        self._version += 1
        self._changed.notify_all()

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.eml"


def box_of(name: str) -> str:
    """The box that the mail with this id came for."""
    return name.partition("-")[2]


def received_at(name: str) -> int:
    """When it came, in nanoseconds of the epoch."""
    return int(name.partition("-")[0])


def seconds_of(name: str) -> float:
    """When it came, in seconds of the epoch."""
    return received_at(name) / _NANOSECONDS

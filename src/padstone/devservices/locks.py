"""Advisory locks on files, which the kernel lets go of however their holder dies."""

import os
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

__all__ = ["Lock", "holders"]

_TABLE = Path("/proc/locks")
"""Linux tells here who holds which lock."""


@dataclass(frozen=True, slots=True)
class Lock:
    """A held ``flock``. Programs that are started later do not inherit its descriptor.

    A forked copy of this process shares the lock: it ends when the last copy has closed it.
    """

    path: Path
    descriptor: int

    @classmethod
    def take(cls, path: Path, *, shared: bool = False, wait: float = 0.0) -> "Lock | None":
        """The lock, or None when somebody else still holds it after ``wait`` seconds."""
        deadline = time.monotonic() + wait
        while True:
            lock = cls(path, os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            # Somebody may have removed the folder between open and flock: a lock on a file that
            # nobody else can find protects nothing.
            if lock._locked(shared=shared) and not lock.lost():
                return lock
            lock.release()
            if time.monotonic() >= deadline:
                return None
            time.sleep(0.01)

    def _locked(self, *, shared: bool) -> bool:
        import fcntl  # here, since Windows has none, and applications are imported there too

        try:
            fcntl.flock(
                self.descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB
            )
        except BlockingIOError:
            return False
        return True

    def lost(self) -> bool:
        """Whether the path leads to another file by now, or to none."""
        try:
            there = self.path.stat()
        except OSError:
            return True
        return (there.st_dev, there.st_ino) != (
            (here := os.fstat(self.descriptor)).st_dev,
            here.st_ino,
        )

    def release(self) -> None:
        os.close(self.descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def holders(path: Path) -> int:
    """How many hold the lock on ``path``: exact on Linux, at most 1 is seen elsewhere."""
    try:
        inode = path.stat().st_ino
    except OSError:
        return 0
    try:
        table = _TABLE.read_text()
    except OSError:
        lock = Lock.take(path)
        if lock is None:
            return 1
        lock.release()
        return 0
    # Waiting locks carry an arrow after their number; those are not held.
    return len(re.findall(rf"^\d+: FLOCK .* \w+:\w+:{inode} ", table, re.MULTILINE))

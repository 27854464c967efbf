"""The file by which others see that a worker lives: a container's health check, for example.

A worker has no port to ask. It renews the file each time that the database has answered, so that
an old one means a worker that hangs, or one without a database.
"""

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING

from padstone.errors import UnavailableError

if TYPE_CHECKING:
    from padstone.settings import JobSettings

__all__ = ["Sign", "sign_of"]


@dataclass(frozen=True, slots=True)
class Sign:
    """The file, and after how many seconds it is too old."""

    path: Path
    lasts: float

    def give(self, running: int) -> None:
        """Renews the file; ``running`` is how many jobs run."""
        new = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        said = {"pid": os.getpid(), "at": time.time(), "running": running}
        new.write_text(json.dumps(said), encoding="utf-8")
        new.replace(self.path)  # whoever reads it never sees half of it

    def take_back(self) -> None:
        """Removes the file, as a worker does that ends."""
        self.path.unlink(missing_ok=True)

    def look(self) -> str:
        """A sentence about a worker that lives. ``UnavailableError`` says why there is none."""
        try:
            said = json.loads(self.path.read_text(encoding="utf-8"))
            pid, age, running = int(said["pid"]), time.time() - said["at"], int(said["running"])
        except FileNotFoundError:
            raise UnavailableError(f"No worker runs: there is no {self.path}.") from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UnavailableError(f"{self.path} cannot be read ({error}).") from None
        if age > self.lasts:
            raise UnavailableError(
                f"The worker (process {pid}) has given no sign of life for {age:.0f} s, "
                f"and {self.lasts:g} s are allowed."
            )
        return f"The worker (process {pid}) lives and runs {running} jobs."


def sign_of(settings: "JobSettings") -> Sign:
    """The sign of the system's worker on this host."""
    default = Path(gettempdir()) / f"padstone-{settings.SYSTEM}-{os.getuid()}.worker"
    path = Path(settings.JOBS_HEALTH_FILE) if settings.JOBS_HEALTH_FILE else default
    return Sign(path, settings.JOBS_LEASE_SECONDS)

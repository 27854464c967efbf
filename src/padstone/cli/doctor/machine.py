"""The machine: Python, disk and clock."""

import re
import shutil
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from padstone.cli.doctor.finding import Finding

__all__ = ["clock", "disk", "python"]

_ROOM_NEEDED = 500_000_000
_REQUIRED = re.compile(r">=\s*(\d+)\.(\d+)").search
_UPLOADED = re.compile(r'upload-time = "([^"]+)"').finditer
# Clocks of mirrors and time zones without a name may differ by less.
_TOLERATED = timedelta(days=1)


def python(folder: Path) -> Finding:
    """Whether this Python is one that the project in ``folder`` takes."""
    running = f"Python {sys.version_info.major}.{sys.version_info.minor}"
    try:
        import tomllib

        project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
        required = _REQUIRED(project["requires-python"])
    except (OSError, KeyError, ValueError):
        required = None
    if required and sys.version_info < (int(required[1]), int(required[2])):
        wanted = f"{required[1]}.{required[2]}"
        return Finding(
            "Python",
            "error",
            f"{running} runs, and pyproject.toml asks for {wanted} or newer.",
            f"Make the virtual environment with it: uv sync --python {wanted}",
        )
    return Finding("Python", "ok", f"{running}, {sys.prefix}")


def disk(folder: Path, *, needed: int = _ROOM_NEEDED) -> Finding:
    """Whether the disk of ``folder`` has room for a database that grows; ``needed`` is in bytes."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(there).free
    room = f"{free / 1_000_000_000:.1f} GB free for {folder}"
    if free >= needed:
        return Finding("disk", "ok", room)
    return Finding(
        "disk",
        "error",
        f"Only {room}; PostgreSQL stops when it cannot write.",
        "Make room on that disk: `padstone services reset` deletes the development data.",
    )


def clock(root: Path) -> Finding:
    """Whether the clock is behind packages that the lock file in ``root`` knows already."""
    now = datetime.now(UTC)
    try:
        text = (root / "uv.lock").read_text()
    except OSError:
        return Finding("clock", "skipped", "There is no uv.lock to compare it with.")
    newest = max((datetime.fromisoformat(found[1]) for found in _UPLOADED(text)), default=now)
    if now >= newest - _TOLERATED:
        return Finding("clock", "ok", f"{now:%Y-%m-%d %H:%M} UTC")
    return Finding(
        "clock",
        "error",
        f"It says {now:%Y-%m-%d %H:%M} UTC, and uv.lock names a package of {newest:%Y-%m-%d}. "
        "Certificates and signed URLs are refused when the clock is wrong.",
        "Set the clock, or let the system do it: timedatectl set-ntp true",
    )

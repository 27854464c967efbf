"""The machine that measures: what it is, and which of its cores does what."""

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["Cores", "cpu_seconds", "describe", "pinned", "split_cores"]

Cores = frozenset[int]


class Split(NamedTuple):
    """One core for the server, the others for the load and the database; or no split at all."""

    server: Cores | None
    rest: Cores | None


def split_cores() -> Split:
    """The cores of this process, shared out. Both parts are ``None`` where that cannot be done."""
    if not hasattr(os, "sched_getaffinity"):
        return Split(None, None)
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) == 1:
        return Split(None, None)
    return Split(frozenset(cores[-1:]), frozenset(cores[:-1]))


@contextmanager
def pinned(cores: Cores | None) -> Iterator[None]:
    """Keeps this process, and those it starts meanwhile, on ``cores``."""
    if cores is None:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def cpu_seconds(pid: int) -> float | None:
    """What the process and its children have computed so far; ``None`` where nobody says."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return None
    # The second field is the name in parentheses, which may hold spaces.
    fields = stat.rpartition(")")[2].split()
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(cpu_seconds(int(child)) or 0.0 for child in children)


def describe() -> dict[str, Any]:
    """The machine, as the report names it. ``load`` is what others made it do before we began."""
    return {
        "cpu": _cpu_model(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.release()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
    }


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())

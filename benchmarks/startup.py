"""How long it takes until something is there: the command, the services, the server."""

import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from ground import SYSTEMS, Site, clean_environment
from servers import OURS, Server

from padstone import devservices

__all__ = ["Beginning", "of_commands", "of_server", "of_services"]


@dataclass(frozen=True, slots=True)
class Beginning:
    """Something that was started several times.

    ``cpu_seconds`` is what its processes computed, which other work on the machine changes less
    than the time; it is empty where the processes are not ours to ask.
    """

    name: str
    seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)

    @property
    def middle(self) -> float:
        """The median of the times, in seconds."""
        return median(self.seconds)

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Adds the time that the block takes."""
        began = time.perf_counter()
        yield
        self.seconds.append(time.perf_counter() - began)

    @contextmanager
    def timed_with_cpu(self) -> Iterator[None]:
        """The same, with what the processes that end in the block have computed."""
        before = _of_children()
        with self.timed():
            yield
        self.cpu_seconds.append(_of_children() - before)


def of_commands(times: int) -> list[Beginning]:
    """``padstone --help``, and the import of a whole system, each a process of its own."""
    started = Beginning("padstone --help")
    imported = Beginning("import app.main of accounts")
    environment = clean_environment(ENVIRONMENT="test")
    for beginning, words, count in (
        (started, ("-m", "padstone", "--help"), times),
        (imported, ("-c", "import app.main"), max(1, times // 5)),
    ):
        for _ in range(count):
            with beginning.timed_with_cpu():
                subprocess.run(  # noqa: S603
                    [sys.executable, *words],
                    cwd=SYSTEMS / "accounts",
                    env=environment,
                    check=True,
                    stdout=subprocess.DEVNULL,
                )
    return [started, imported]


def of_services(folder: Path, times: int) -> list[Beginning]:
    """Embedded PostgreSQL, Valkey and S3: for the first time, again, and joined while they run."""
    cold, warm = Beginning("services, cold"), Beginning("services, warm")
    join = Beginning("services, joined")
    try:
        for _ in range(times):
            devservices.reset(folder)
            with cold.timed():
                lease = devservices.attach("benchmark", root=folder)
            lease.release()
            devservices.stop(folder)
            with warm.timed():
                lease = devservices.attach("benchmark", root=folder)
            with lease, join.timed():
                devservices.attach("benchmark", root=folder).release()
    finally:
        devservices.reset(folder)
    return [cold, warm, join]


def of_server(site: Site, log: Path, times: int) -> Beginning:
    """From the start of the process to the first 200 of ``/health/live``."""
    beginning = Beginning("padstone serve to its first answer")
    for _ in range(times):
        server = Server(OURS, site, log)
        with beginning.timed():
            server.start(None)
        computed = server.cpu_seconds()
        server.stop()
        if computed is not None:
            beginning.cpu_seconds.append(computed)
    return beginning


def _of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime

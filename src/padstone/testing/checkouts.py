"""A checkout made for a test: systems, and embedded services that nobody else uses."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from padstone.devservices import Lease, attach, reset, stop
from padstone.testing.processes import WatchedProcess, bare_environment
from padstone.testing.servers import free_port

__all__ = ["Checkout", "made_services", "new_checkout"]

GRACE = 0.3
"""Seconds that the services outlive their last user; ten would be waited for by every test."""
PROMISE = 15.0
"""Seconds after which no process may be left, with a grace of ten."""
_SERVED = ("app", "alembic", "alembic.ini", "pyproject.toml")


class Checkout:
    """A folder like a clone's. Commands run in it in an environment that is nearly empty."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._started: list[WatchedProcess] = []
        self._lease: Lease | None = None

    def system(self, name: str) -> Path:
        """The folder of a system."""
        return self.folder / "systems" / name

    def add(self, name: str, source: Path, *, port: int | None = None) -> Path:
        """Copies the part of a system that is served. It would like ``port``, or a free one."""
        folder = self.system(name)
        folder.mkdir(parents=True)
        for part in _SERVED:
            if (source / part).is_dir():
                shutil.copytree(
                    source / part, folder / part, ignore=shutil.ignore_patterns("__pycache__")
                )
            elif (source / part).exists():
                shutil.copy(source / part, folder)
        project = folder / "pyproject.toml"
        text = project.read_text() if project.exists() else _project(name)
        wanted = free_port() if port is None else port
        project.write_text(re.sub(r"(?m)^port = \d+", f"port = {wanted}", text))
        return folder

    def hold_services(self) -> None:
        """Starts the services with a short grace, and keeps them until ``release_services``."""
        self._lease = attach("postgres", root=self.folder, grace=GRACE)

    def release_services(self) -> None:
        """Leaves the services to those who use them."""
        if self._lease is not None:
            self._lease.release()

    def start(
        self,
        *command: object,
        folder: Path | None = None,
        tty: bool = False,
        **environment: str,
    ) -> WatchedProcess:
        """Starts a command, in the checkout's own folder unless another is given."""
        started = WatchedProcess(
            command, folder or self.folder, bare_environment(**environment), tty=tty
        )
        self._started.append(started)
        return started

    def dev(self, *args: object, tty: bool = False, **environment: str) -> WatchedProcess:
        """Starts ``padstone dev``."""
        command = (sys.executable, "-m", "padstone", "dev", *args)
        return self.start(*command, folder=self.folder, tty=tty, **environment)

    def services(self) -> dict[str, int]:
        """The process ids of the services and of their keeper, by name."""
        state = json.loads((self.folder / ".padstone/services/state.json").read_text())
        running = {name: one["pid"] for name, one in state["services"].items()}
        return {**running, "keeper": state["keeper"]}

    def processes(self) -> dict[int, str]:
        """Whatever runs in this checkout or names it, by process id, with its command line."""
        found = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdecimal() and int(entry.name) != os.getpid():
                with suppress(OSError):
                    command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    if command and str(self.folder) in f"{command} {(entry / 'cwd').readlink()}":
                        found[int(entry.name)] = command
        return found

    def servers(self) -> list[int]:
        """The process ids of the servers that ``dev`` has started here."""
        return sorted(pid for pid, line in self.processes().items() if "padstone serve" in line)

    def workers(self) -> list[int]:
        """The process ids of the workers that ``dev`` has started here."""
        return sorted(pid for pid, line in self.processes().items() if "padstone worker" in line)

    def nothing_is_left(self) -> None:
        """Waits until every process is gone, and fails with those that stay."""
        deadline = time.monotonic() + PROMISE
        while left := self.processes():
            if time.monotonic() > deadline:
                raise AssertionError(f"these are left after {PROMISE:g} s: {left}")
            time.sleep(0.05)

    def close(self) -> None:
        """Ends whatever the test has started, and removes the folder."""
        for one in self._started:
            one.close()
        self.release_services()
        reset(self.folder)
        shutil.rmtree(self.folder)


def _project(name: str) -> str:
    return f'[project]\nname = "{name}"\nversion = "1.2.3"\n\n[tool.padstone]\nport = 8000\n'


@contextmanager
def made_services() -> Iterator[Path]:
    """A folder where services have been before. Copying their data is quicker than making it."""
    folder = _temporary_folder()
    attach("postgres", root=folder).release()
    stop(folder)
    yield folder / ".padstone"
    shutil.rmtree(folder)


@contextmanager
def new_checkout(made: Path) -> Iterator[Checkout]:
    """A checkout without systems, whose services begin with a copy of the ``made`` ones."""
    checkout = Checkout(_temporary_folder())
    try:
        (checkout.folder / "uv.lock").touch()
        # As root, PostgreSQL's files belong to another user, and must stay his.
        subprocess.run(["cp", "-a", made, checkout.folder], check=True)  # noqa: S603, S607
        access = checkout.folder / ".padstone/services/access.json"
        # Ports of its own, so that the copy does not meet another.
        access.write_text(json.dumps(json.loads(access.read_text()) | {"ports": {}}))
        yield checkout
    finally:
        checkout.close()


def _temporary_folder() -> Path:
    # In memory where there is some: these tests are about processes, and a disk would double
    # their time. It has a space in its name, since folders have.
    memory = Path("/dev/shm")  # noqa: S108  # mkdtemp makes a name that nobody knows
    place = memory if os.access(memory, os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="padstone checkout ", dir=place)).resolve()
    folder.chmod(0o755)  # PostgreSQL's user has to pass
    return folder

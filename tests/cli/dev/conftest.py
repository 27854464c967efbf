"""``padstone dev`` as a process, in a checkout made for the test."""

import json
import os
import pty
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from padstone.devservices import Lease, attach, reset, stop

GRACE = 0.3
PATIENCE = 90.0

PROJECT = """\
[project]
name = "{name}"
version = "1.2.3"

[tool.padstone]
port = {port}
"""
EXAMPLES = """\
    seeding.credentials["demo account"] = "demo@example.com"
    seeding.examples.append("curl -fsS '{url}/openapi.json' -H 'X-Greeting: it is me'")
"""


class Watched:
    """A process in a session of its own, whose output is read as it comes."""

    def __init__(
        self, command: Sequence[object], folder: Path, environment: Mapping[str, str], *, tty: bool
    ) -> None:
        self.output = ""
        output, given = pty.openpty() if tty else os.pipe()
        self.terminal = output
        self.process = subprocess.Popen(
            [str(word) for word in command],
            cwd=folder,
            env=environment,
            stdin=given if tty else subprocess.DEVNULL,
            stdout=given,
            stderr=given,
            start_new_session=True,
            preexec_fn=_take_terminal if tty else None,  # noqa: PLW1509  # the test has one thread
        )
        os.close(given)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self.process.pid

    def _read(self) -> None:
        with suppress(OSError):  # a terminal that everybody has left
            while chunk := os.read(self.terminal, 65536):
                self.output += chunk.decode(errors="replace")

    def until(self, *texts: str, count: int = 1) -> str:
        """The output, once each text is in it so many times."""
        deadline = time.monotonic() + PATIENCE
        while any(self.output.count(text) < count for text in texts):
            assert self.process.poll() is None, f"it ended:\n{self.output}"
            assert time.monotonic() < deadline, f"{texts} did not come:\n{self.output}"
            time.sleep(0.02)
        return self.output

    def interrupt(self) -> None:
        """What a terminal does at Ctrl-C."""
        os.killpg(self.pid, signal.SIGINT)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def ended(self, within: float = PATIENCE) -> int:
        """Its exit status."""
        status = self.process.wait(within)
        self._reader.join(within)
        return status

    def close(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.pid, signal.SIGKILL)
            self.process.wait()
        self._reader.join(5)
        os.close(self.terminal)


def _take_terminal() -> None:
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Checkout:
    """A checkout with one system, whose services outlive their last user for a moment only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[Watched] = []
        self._lease: Lease | None = None

    @property
    def system(self) -> Path:
        return self.folder / "systems" / "keyed"

    def hold(self) -> None:
        """Starts the services, so that their grace is ours; the first ``dev`` takes them over."""
        self._lease = attach("postgres", root=self.folder, grace=GRACE)

    def release(self) -> None:
        if self._lease is not None:
            self._lease.release()

    def start(
        self,
        command: Sequence[object],
        folder: Path | None = None,
        *,
        tty: bool = False,
        **environment: str,
    ) -> Watched:
        kept = {
            name: value
            for name, value in os.environ.items()
            if name in {"PATH", "HOME"} or name.startswith("COV")
        }
        started = Watched(command, folder or self.folder, {**kept, **environment}, tty=tty)
        self.started.append(started)
        return started

    def dev(self, *args: object, tty: bool = False, **environment: str) -> Watched:
        command = [sys.executable, "-m", "padstone", "dev", *args]
        return self.start(command, tty=tty, **environment)

    def processes(self) -> dict[int, str]:
        """Whatever runs in this checkout or names it, with its command line."""
        found = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdecimal() and int(entry.name) != os.getpid():
                with suppress(OSError):
                    command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    place = os.readlink(entry / "cwd")
                    if command and str(self.folder) in f"{command} {place}":
                        found[int(entry.name)] = command
        return found

    def servers(self) -> list[int]:
        return sorted(pid for pid, line in self.processes().items() if "padstone serve" in line)

    def nothing_is_left(self) -> None:
        """Waits until every process is gone. The promise is 15 seconds, with a grace of ten."""
        deadline = time.monotonic() + 15
        while left := self.processes():
            assert time.monotonic() < deadline, left
            time.sleep(0.05)


@pytest.fixture(scope="session")
def made_services() -> Iterator[Path]:
    """A folder where a set of services has been before: its data is copied, not made anew."""
    folder = _temporary()
    attach("postgres", root=folder).release()
    stop(folder)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def checkout(keyed: Callable[..., object], made_services: Path) -> Iterator[Checkout]:
    """A checkout with a system that has a database, a migration and first data."""
    folder = _temporary()
    shutil.copytree(keyed.folder, folder / "systems" / "keyed")
    (folder / "uv.lock").touch()
    made = Checkout(folder)
    (made.system / "pyproject.toml").write_text(PROJECT.format(name="keyed", port=_free_port()))
    with (made.system / "app" / "seed.py").open("a") as seed:
        seed.write(EXAMPLES)
    subprocess.run(["cp", "-a", made_services / ".padstone", folder], check=True)
    # Ports of its own, so that the copy does not meet another.
    access = folder / ".padstone/services/access.json"
    access.write_text(json.dumps(json.loads(access.read_text()) | {"ports": {}}))
    yield made
    for one in made.started:
        one.close()
    made.release()
    reset(folder)
    shutil.rmtree(folder)


@pytest.fixture
def held(checkout: Checkout) -> Checkout:
    """The same, with its services running."""
    checkout.hold()
    return checkout


def _temporary() -> Path:
    # In memory where there is some: these tests are about processes, and a disk would double
    # their time.
    memory = Path("/dev/shm")  # noqa: S108
    place = memory if os.access(memory, os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="padstone dev ", dir=place)).resolve()
    folder.chmod(0o755)
    return folder


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

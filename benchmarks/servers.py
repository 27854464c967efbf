"""The servers that are compared: ours as it is, and its peers."""

import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from ground import SYSTEM, Ground
from machine import Cores, cpu_seconds, pinned

__all__ = ["OURS", "SERVERS", "Server", "ServerError", "serving"]

OURS = "padstone"

_PEERS = Path(__file__).resolve().parent / "peers"
_PATIENCE = 60.0


class ServerError(Exception):
    """A server does not come up, or does not end."""


class _Kind(NamedTuple):
    command: tuple[str, ...]
    folder: Path


def _peer(module: str) -> _Kind:
    # Event loop and parser are those that ours has; what uvicorn costs is not the question.
    options = ("--loop", "uvloop", "--http", "httptools", "--no-access-log")
    return _Kind(("uvicorn", f"{module}:app", *options, "--log-level", "warning"), _PEERS)


SERVERS = {
    OURS: _Kind(("padstone", "serve"), SYSTEM),
    "bare": _peer("bare"),
    "orm": _peer("orm"),
}
"""``bare`` is FastAPI alone, ``orm`` is FastAPI with a session per request as is customary."""


class Server:
    """One server process, on a port of its own."""

    def __init__(self, name: str, ground: Ground, log: Path) -> None:
        self.name = name
        self.port = _free_port()
        self._ground = ground
        self._log = log

    def start(self, cores: Cores | None) -> None:
        """Starts the process on ``cores`` and waits for its first answer."""
        kind = SERVERS[self.name]
        with pinned(cores), self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", *kind.command, "--port", str(self.port)],
                cwd=kind.folder,
                env=self._ground.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._wait()

    def cpu_seconds(self) -> float | None:
        """What the process has computed so far."""
        return cpu_seconds(self._process.pid)

    def stop(self) -> None:
        """Ends the process as an operator would."""
        self._process.terminate()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + _PATIENCE
        while self._process.poll() is None and time.monotonic() < deadline:
            with suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", "/health/live")
                if connection.getresponse().status == http.client.OK:
                    connection.close()
                    return
            time.sleep(0.002)
        self.stop()
        tail = self._log.read_text(errors="replace")[-2000:]
        raise ServerError(f"The server {self.name!r} does not answer.\n{tail}")


@contextmanager
def serving(name: str, ground: Ground, log: Path, cores: Cores | None = None) -> Iterator[Server]:
    """A started server, which ends with the block."""
    server = Server(name, ground, log)
    server.start(cores)
    try:
        yield server
    finally:
        server.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

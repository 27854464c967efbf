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

import packages
from ground import Site
from machine import Cores, cpu_seconds, pinned

__all__ = ["OPEN", "OURS", "SERVERS", "Server", "ServerError", "serving"]

OURS = "padstone"

_PATIENCE = 60.0
_UNREST = 2.0


class ServerError(Exception):
    """A server does not come up, or does not end."""


class _Kind(NamedTuple):
    """``needs`` is what has to be installed; ``site`` is another one than the workload's.

    ``settings`` are said beside the site's own.
    """

    title: str
    command: tuple[str, ...]
    folder: Path | None = None
    needs: str = ""
    site: str = ""
    settings: tuple[tuple[str, str], ...] = ()


def _python(title: str, *command: str) -> _Kind:
    words = (str(packages.PYTHON), "-m", *command)
    return _Kind(title, words, packages.PEERS / "python", "python")


def _uvicorn(title: str, app: str) -> _Kind:
    # Event loop and parser are those that ours has; what uvicorn costs is not the question.
    options = ("--loop", "uvloop", "--http", "httptools", "--no-access-log")
    return _python(title, "uvicorn", app, *options, "--log-level", "warning", "--port", "{port}")


def _fastify(title: str, program: str) -> _Kind:
    return _Kind(title, (packages.node(), program), packages.NODE_FOLDER, "node")


_SERVE = ("serve", "--port", "{port}")
_GUNICORN = ("gunicorn", "ninja_app:application", "--workers=1", "--threads=8")

SERVERS = {
    OURS: _Kind("Padstone, all features", _SERVE),
    "padstone-session": _Kind(
        "Padstone, without the express lane", _SERVE, settings=(("EXPRESS_LANE", "false"),)
    ),
    "padstone-million": _Kind("Padstone, on 10⁶ rows", _SERVE, site="shop-million"),
    "raw-pool": _uvicorn("ASGI by hand, asyncpg's pool, no features", "raw:pool"),
    "raw-own": _uvicorn("ASGI by hand, prepared statements, no features", "raw:own"),
    "fastapi": _uvicorn("FastAPI, SQLAlchemy's ORM, no features", "fastapi_orm:app"),
    "fastapi-features": _uvicorn("FastAPI, ORM, the same features", "fastapi_features:app"),
    "litestar": _uvicorn("Litestar, advanced-alchemy, no features", "litestar_app:app"),
    "pass-through": _uvicorn("Starlette, httpx, the bytes as they come", "passthrough:app"),
    "django-ninja": _python(
        "django-ninja, gunicorn's threads, no features", *_GUNICORN, "--bind=127.0.0.1:{port}"
    ),
    "fastify": _fastify("Fastify, postgres.js, no features", "bare.mjs"),
    "fastify-plugins": _fastify("Fastify, plug-ins for the same features", "plugins.mjs"),
    "fastify-tuned": _fastify("Fastify, the same features tuned by hand", "tuned.mjs"),
}
"""By the names under which the figures are reported. The features are those that ours always has:
request id, access log, metrics, security headers, CORS."""

OPEN = frozenset({"pass-through"})
"""Those that let everybody in."""


class Server:
    """One server, on a port of its own. ``program`` is what serves in place of ``-m padstone``."""

    def __init__(
        self, name: str, site: Site, log: Path, program: tuple[str, ...] = ("-m", "padstone")
    ) -> None:
        self.name = name
        self._program = program
        self.site = site
        self.port = _free_port()
        self._log = log

    def start(self, cores: Cores | None) -> None:
        """Starts the process on ``cores`` and waits for its first answer."""
        kind = SERVERS[self.name]
        is_ours = not kind.needs
        environment = self.site.environment if is_ours else self.site.peers_environment
        ours = (sys.executable, *self._program) if is_ours else ()
        with pinned(cores), self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603
                [word.format(port=self.port) for word in (*ours, *kind.command)],
                cwd=kind.folder or self.site.folder,
                env={**environment, **dict(kind.settings), "PORT": str(self.port)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._wait()

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    def cpu_seconds(self) -> float | None:
        """What the process and its children have computed so far."""
        return cpu_seconds(self._process.pid)

    def settle(self) -> None:
        """Waits until it computes nothing, but not for ever."""
        deadline = time.monotonic() + _UNREST
        before = self.cpu_seconds()
        while before is not None and time.monotonic() < deadline:
            time.sleep(0.03)
            now = self.cpu_seconds()
            if now == before:
                return
            before = now

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
def serving(name: str, site: Site, log: Path, cores: Cores | None = None) -> Iterator[Server]:
    """A started server, which ends with the block."""
    server = Server(name, site, log)
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

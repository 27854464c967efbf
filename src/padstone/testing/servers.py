"""The real server as a process of its own, for tests that need one."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2

__all__ = ["ServerProcess", "free_port"]


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class ServerProcess:
    """One server process of a system, started in its folder with an environment of its own."""

    def __init__(self, folder: Path, environment: dict[str, str], log: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = log
        self._folder = folder
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id; it is an error to ask before ``start``."""
        assert self._process is not None  # noqa: S101
        return self._process.pid

    def start(self) -> None:
        """Starts the process and returns at once."""
        keep = {
            name: value
            for name, value in os.environ.items()
            if name in {"PATH", "HOME"} or name.startswith("COVERAGE_")
        }
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", "padstone", "serve", "--port", str(self.port)],
                cwd=self._folder,
                env={**keep, **self._environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    async def ready(self, path: str = "/health/ready", within: float = 180.0) -> None:
        """Waits until ``path`` answers 200. Fails with the log's end where it does not."""
        deadline = time.monotonic() + within
        async with httpx2.AsyncClient(base_url=self.url, timeout=5) as client:
            while time.monotonic() < deadline:
                if self._process is not None and self._process.poll() is not None:
                    break
                try:
                    if (await client.get(path)).status_code == httpx2.codes.OK:
                        return
                except httpx2.TransportError:
                    pass
                await asyncio.sleep(0.05)
        tail = self.log.read_text(errors="replace")[-2000:]
        raise AssertionError(f"{self.url}{path} did not answer 200 within {within} s.\n{tail}")

    async def stop(self, within: float = 15.0) -> int:
        """Ends the process as an operator would; its exit status, negative for a signal."""
        return await self._end(signal.SIGTERM, within)

    async def kill(self) -> None:
        """Ends the process without a chance to clean up."""
        await self._end(signal.SIGKILL, 5.0)

    async def _end(self, number: signal.Signals, within: float) -> int:
        process = self._process
        assert process is not None  # noqa: S101
        if process.poll() is None:
            process.send_signal(number)
        try:
            return await asyncio.to_thread(process.wait, within)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"the server did not end within {within} s") from None

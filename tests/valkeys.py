"""A Valkey of one test's own, which may be stopped, frozen and started again."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from padstone.devservices import binaries
from padstone.testing.servers import free_port

__all__ = ["PrivateValkey"]

_PATIENCE = 60.0


class PrivateValkey:
    """Keeps what it was told over a restart, in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns once it answers."""
        self._process = subprocess.Popen(
            [
                str(binaries.valkey()),
                *("--bind", "127.0.0.1", "--port", str(self.port)),
                *("--dir", str(self._folder), "--appendonly", "yes", "--save", ""),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + _PATIENCE
        while not self._answers():
            assert self._process.poll() is None, "it ended before it answered"
            assert time.monotonic() < deadline, "it does not answer"
            time.sleep(0.02)

    def freeze(self) -> None:
        """It keeps its connections and answers nothing."""
        os.kill(self._pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on where it was."""
        os.kill(self._pid, signal.SIGCONT)

    def stop(self) -> None:
        """Ends it, frozen or not."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    @property
    def _pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16) == b"+PONG\r\n"
        except OSError:
            return False

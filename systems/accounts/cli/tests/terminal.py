"""The command at a terminal: what a person types, and all that she sees."""

import fcntl
import os
import pty
import select
import signal
import subprocess
import termios
import time
from collections.abc import Mapping
from typing import Self

from running import command_line

WITHIN = 60.0  # seconds until a test gives up


class Terminal:
    """A pseudo-terminal with ``accounts`` in it. ``stdout`` may lead elsewhere."""

    def __init__(
        self, *args: str, env: Mapping[str, str] | None = None, stdout: int | None = None
    ) -> None:
        self.shown = ""
        self._master, slave = pty.openpty()
        self.process = subprocess.Popen(
            command_line(*args),
            stdin=slave,
            stdout=slave if stdout is None else stdout,
            stderr=slave,
            env={**os.environ, "TERM": "xterm", "COLUMNS": "100", **(env or {})},
            start_new_session=True,
            preexec_fn=_control,  # noqa: PLW1509
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._master)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def wait_for_hidden_input(self) -> None:
        deadline = time.monotonic() + WITHIN
        while termios.tcgetattr(self._master)[3] & termios.ECHO:
            assert time.monotonic() < deadline, "the echo stays on"
            select.select([self._master], [], [], 0.02)

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def wait_for(self, text: str) -> None:
        deadline = time.monotonic() + WITHIN
        while text not in self.shown:
            assert time.monotonic() < deadline, f"{text!r} did not appear in {self.shown!r}"
            assert self._read(), f"{text!r} did not appear in {self.shown!r}"

    def end(self) -> int:
        """The exit status, once everything that was shown is read."""
        deadline = time.monotonic() + WITHIN
        while self._read():
            assert time.monotonic() < deadline, f"it did not end: {self.shown!r}"
        return self.process.wait(WITHIN)

    def _read(self) -> bool:
        """Reads what is there, waiting for it a little; whether there can be more."""
        if not select.select([self._master], [], [], 0.5)[0]:
            return True
        try:
            data = os.read(self._master, 65536)
        except OSError:
            return False  # Linux says EIO when the other side is closed
        self.shown += data.decode(errors="replace")
        return bool(data)


def _control() -> None:
    """Makes the terminal the process's own, so that it has a /dev/tty and Ctrl-C reaches it."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    # A test run in the background of a script has it ignored; who sits at a terminal has not.
    signal.signal(signal.SIGINT, signal.default_int_handler)

"""A process whose output is read as it comes, started as a shell would start it."""

import os
import pty
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

__all__ = ["WatchedProcess", "bare_environment"]

_PATIENCE = 90.0


def bare_environment(**variables: str) -> dict[str, str]:
    """An environment from nothing but what programs need to run, and ``variables``."""
    kept = {
        name: value
        for name, value in os.environ.items()
        # Coverage measures child processes by variables of its own.
        if name in {"PATH", "HOME"} or name.startswith("COV")
    }
    return {**kept, **variables}


class WatchedProcess:
    """A command in a session of its own; with ``tty``, on a terminal of its own.

    Standard output and standard error go to ``output``, a text that grows.
    """

    def __init__(
        self,
        command: Sequence[object],
        folder: Path,
        environment: Mapping[str, str],
        *,
        tty: bool = False,
    ) -> None:
        self.output = ""
        self._end, given = pty.openpty() if tty else os.pipe()
        self._process = subprocess.Popen(  # noqa: S603
            [str(word) for word in command],
            cwd=folder,
            env=environment,
            stdin=given if tty else subprocess.DEVNULL,
            stdout=given,
            stderr=given,
            start_new_session=True,
            preexec_fn=_take_terminal if tty else None,  # noqa: PLW1509  # tests fork rarely
        )
        os.close(given)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """Its process id, which is that of its group too."""
        return self._process.pid

    def until(self, *texts: str, count: int = 1, within: float = _PATIENCE) -> str:
        """The output, once each of the texts is in it ``count`` times.

        Fails with the output where the process ends before, or the time does.
        """
        deadline = time.monotonic() + within
        while any(self.output.count(text) < count for text in texts):
            if self._process.poll() is not None:
                self._reader.join(within)
                if any(self.output.count(text) < count for text in texts):
                    raise AssertionError(f"it ended before it said {texts}:\n{self.output}")
            if time.monotonic() > deadline:
                raise AssertionError(f"it did not say {texts}:\n{self.output}")
            time.sleep(0.02)
        return self.output

    def type(self, text: str) -> None:
        """Writes on the keyboard of its terminal."""
        os.write(self._end, text.encode())

    def interrupt(self) -> None:
        """Does what a terminal does at Ctrl-C."""
        os.killpg(self.pid, signal.SIGINT)

    def send(self, number: signal.Signals) -> None:
        """Sends it, and none of its children, a signal."""
        self._process.send_signal(number)

    def ended(self, within: float = _PATIENCE) -> int:
        """Waits for its end; its exit status, negative for a signal."""
        try:
            status = self._process.wait(within)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it did not end within {within} s:\n{self.output}") from None
        self._reader.join(within)
        return status

    def close(self) -> None:
        """Ends it and its group if it still runs, and gives everything back."""
        if self._process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            self._process.wait()
        self._reader.join(5)
        os.close(self._end)

    def _read(self) -> None:
        with suppress(OSError):  # a terminal that everybody has left
            while chunk := os.read(self._end, 65_536):
                self.output += chunk.decode(errors="replace")


def _take_terminal() -> None:
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)

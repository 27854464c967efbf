"""A service as a child process of the keeper: started, asked whether it answers, ended."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, ClassVar

from padstone.devservices.errors import ServiceError
from padstone.devservices.layout import Account, Layout
from padstone.devservices.record import Access

__all__ = ["Service", "end", "names", "open_log", "tail"]

_LOG_LIMIT = 10 << 20
_PASSED_ON = ("PATH", "TMPDIR", "TZ", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""All that services see of our environment: the rest may hold secrets, or settings of theirs."""
_PR_SET_PDEATHSIG = 1
_PROC = Path("/proc")
_PATIENCE = 10.0
"""Seconds that a service has to end when it is asked to."""


class Service(ABC):
    """One program of the set.

    ``timings`` says how long its start took, in seconds; ``since`` when it last came up, in
    seconds of the epoch.
    """

    program: Path
    name: ClassVar[str]
    title: ClassVar[str]
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM
    port_names: ClassVar[tuple[str, ...]] = ()
    """What its ports are called where there are several; the first is the service's own name."""

    def __init__(self, layout: Layout, access: Access, say: Callable[[str], None]) -> None:
        self.layout = layout
        self.access = access
        self.say = say
        self.process: subprocess.Popen[bytes] | None = None
        self.timings: dict[str, float] = {}
        self.since = 0.0
        self._began = 0.0

    @property
    def port(self) -> int:
        return self.access["ports"][self.name]

    @property
    @abstractmethod
    def data(self) -> Path:
        """The folder of what this service stores."""

    @abstractmethod
    def prepare(self) -> None:
        """Find the program and make the folders. Raises ServiceError."""

    @abstractmethod
    def launch(self) -> None:
        """Start the program, by ``spawn``."""

    @abstractmethod
    def is_answering(self) -> bool:
        """Whether the running process serves."""

    def begin(self) -> None:
        """Start; ``is_ready`` says when that is done."""
        self._began = time.monotonic()
        try:
            self.launch()
        except (OSError, subprocess.SubprocessError) as error:
            raise ServiceError(f"{self.title} cannot be started: {error}") from error

    def is_ready(self) -> bool:
        """Whether it has begun to serve. Raises ServiceError when it ended instead."""
        if self.has_ended():
            raise ServiceError(f"{self.title} ended at its start. {self.last_words()}")
        if not self.is_answering():
            return False
        self.timings.setdefault(self.name, self.elapsed())
        self.since = time.time()
        return True

    def elapsed(self) -> float:
        """Seconds since ``begin``."""
        return time.monotonic() - self._began

    def has_ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def last_words(self) -> str:
        """The end of its log, for an error message."""
        return tail(self.layout.log(self.name), self.access["passwords"].values())

    def stop(self) -> None:
        """Ask it to end; ``reap`` waits for that."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(self.stop_signal)

    def kill(self) -> None:
        """End it at once, if it has not ended by itself."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def reap(self) -> None:
        """Wait for the end after ``stop``, and insist when its time is up."""
        if self.process is None:
            return
        try:
            self.process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def spawn(
        self,
        command: Sequence[str | Path],
        *,
        account: Account | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Run the command as our child, its output going to the service's log."""
        with open_log(self.layout.log(self.name)) as out:
            self.process = subprocess.Popen(  # noqa: S603
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd="/",
                env={
                    **{key: os.environ[key] for key in _PASSED_ON if key in os.environ},
                    "LC_ALL": "C",
                    **(environment or {}),
                },
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
                umask=0o077,
                # The keeper has one thread, which makes this safe.
                preexec_fn=_die_with_parent(self.stop_signal),  # noqa: PLW1509
            )


def open_log(log: Path) -> BinaryIO:
    """The log, to be written to at its end. One that has grown too long begins anew."""
    out = os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "wb")
    if log.stat().st_size > _LOG_LIMIT:
        out.truncate(0)
    return out


def _die_with_parent(last_signal: signal.Signals) -> Callable[[], None] | None:
    """A function by which a new child asks Linux for a signal when its parent is gone."""
    if sys.platform != "linux":
        return None
    import ctypes

    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, int(last_signal))
        # The parent may have gone before the question was put.
        if os.getppid() != parent:
            os._exit(1)

    return ask


def tail(log: Path, secrets: Iterable[str] = (), lines: int = 8) -> str:
    """The last lines of a log as the end of a message, with every secret in them blotted out."""
    try:
        text = log.read_text(errors="replace")[-8192:]
    except OSError:
        text = ""
    for secret in secrets:
        text = text.replace(secret, "***")
    last = text.splitlines()[-lines:]
    return "\n  ".join([f"The end of {log}:", *last]) if last else f"{log} is empty."


def names(pid: int, folder: Path) -> bool:
    """Whether a living process has this id and its command line names the folder.

    Ids are used again by the system: one that was written down is believed only with this proof.
    """
    try:
        command = (_PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        if (_PROC / "self").exists():
            return False
        command = subprocess.run(  # noqa: S603
            ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, check=False
        ).stdout
    return os.fsencode(folder) in command


def end(pid: int, folder: Path, last_signal: signal.Signals) -> None:
    """End a process that is not our child, if it is one of this folder, and wait until it is gone.

    Insists when its time is up.
    """
    deadline = time.monotonic() + _PATIENCE
    sent: signal.Signals | None = None
    while names(pid, folder):
        wanted = last_signal if time.monotonic() < deadline else signal.SIGKILL
        if wanted != sent:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, wanted)
            sent = wanted
        time.sleep(0.01)

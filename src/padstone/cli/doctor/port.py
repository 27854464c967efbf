"""A port that is taken, and by whom."""

import errno
import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from padstone.cli.doctor.finding import Finding

__all__ = ["Listener", "listener", "port"]

_LISTENING = "0A"  # the kernel's TCP_LISTEN (proc(5))


class Listener(NamedTuple):
    """The process that listens on a port."""

    pid: int
    command: str


def port(host: str, number: int, folder: Path) -> Finding:
    """Whether the system in ``folder`` could listen there, or does so already."""
    address = f"{host}:{number}"
    problem = _problem(host, number)
    if problem is None:
        return Finding("port", "ok", f"{address} is free.")
    if problem == errno.EACCES:
        mend = "Choose one above 1023: PORT=8000"
        return Finding("port", "error", f"{address} is for root alone.", mend)
    if problem != errno.EADDRINUSE:
        mend = "Set HOST to 127.0.0.1, or to 0.0.0.0 for all of its addresses."
        return Finding("port", "error", f"{host} is no address of this machine.", mend)
    taker = listener(number)
    if taker and _serves(taker, folder):
        return Finding("port", "ok", f"{address} is served already, by process {taker.pid}.")
    whom = f"process {taker.pid} ({taker.command})" if taker else "another user's process"
    free = next(n for n in range(number + 1, number + 1000) if _problem(host, n) is None)
    mend = f"End it (kill {taker.pid}), or choose" if taker else "Choose"
    return Finding(
        "port", "error", f"{address} is taken by {whom}.", f"{mend} another: PORT={free}"
    )


def listener(number: int) -> Listener | None:
    """Who listens on a TCP port, as far as this user may know."""
    pid = _pid_by_proc(number) if Path("/proc/net/tcp").exists() else _pid_by_lsof(number)
    return Listener(pid, _command(pid)) if pid else None


def _problem(host: str, number: int) -> int | None:
    """The errno of listening there; ``None`` where that would work."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, number))
        except OSError as error:
            return error.errno
    return None


def _serves(taker: Listener, folder: Path) -> bool:
    if " serve" not in taker.command and "uvicorn" not in taker.command:
        return False
    try:
        return Path(f"/proc/{taker.pid}/cwd").resolve(strict=True) == folder
    except OSError:
        return False


def _pid_by_proc(number: int) -> int | None:
    wanted = {f"socket:[{inode}]" for inode in _listening_inodes(number)}
    for process in Path("/proc").glob("[0-9]*"):
        if any(link in wanted for link in _links(process / "fd")):
            return int(process.name)
    return None


def _links(folder: Path) -> Iterator[str]:
    # Processes end and close what they had open while we look, and some are another user's.
    with suppress(OSError):
        for descriptor in folder.iterdir():
            with suppress(OSError):
                yield str(descriptor.readlink())


def _listening_inodes(number: int) -> Iterator[str]:
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for fields in map(str.split, lines):
            if fields[3] == _LISTENING and int(fields[1].rpartition(":")[2], 16) == number:
                yield fields[9]


def _pid_by_lsof(number: int) -> int | None:
    command = ["/usr/sbin/lsof", "-nP", f"-iTCP:{number}", "-sTCP:LISTEN", "-Fp"]
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    except OSError:
        return None
    found = re.search(r"^p(\d+)$", said.stdout, re.MULTILINE)
    return int(found[1]) if found else None


def _command(pid: int) -> str:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        return b" ".join(words).decode(errors="replace").strip()[:200]
    except OSError:
        command = ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)]
        said = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        return said.stdout.strip()[:200]

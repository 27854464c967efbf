"""A port that is taken, and by whom."""

import os
import re
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from padstone.cli.doctor.finding import Finding

__all__ = ["Listener", "listener", "port"]

_LISTENING = "0A"  # the kernel's TCP_LISTEN (proc(5))


class Listener(NamedTuple):
    """The process that listens on a port."""

    pid: int
    command: str


def port(host: str, number: int) -> Finding:
    """Whether a server could listen there."""
    subject, address = "port", f"{host}:{number}"
    if _is_free(host, number):
        return Finding(subject, "ok", f"{address} is free.")
    taker = listener(number)
    if taker and "padstone" in taker.command and " serve" in taker.command:
        return Finding(subject, "ok", f"{address} is served already, by process {taker.pid}.")
    whom = f"process {taker.pid} ({taker.command})" if taker else "another user's process"
    mend = f"End it (kill {taker.pid}), or choose" if taker else "Choose"
    return Finding(
        subject, "error", f"{address} is taken by {whom}.", f"{mend} another: PORT={number + 10}"
    )


def listener(number: int) -> Listener | None:
    """Who listens on a TCP port, as far as this user may know."""
    pid = _pid_by_proc(number) if Path("/proc/net/tcp").exists() else _pid_by_lsof(number)
    return Listener(pid, _command(pid)) if pid else None


def _is_free(host: str, number: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, number))
        except OSError:
            return False
    return True


def _pid_by_proc(number: int) -> int | None:
    wanted = {f"socket:[{inode}]" for inode in _listening_inodes(number)}
    for folder in Path("/proc").glob("[0-9]*/fd"):
        try:
            links = {os.readlink(entry) for entry in folder.iterdir()}  # noqa: PTH115  no path
        except OSError:  # another user's, or it has just ended
            continue
        if links & wanted:
            return int(folder.parent.name)
    return None


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

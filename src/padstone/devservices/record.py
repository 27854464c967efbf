"""What is written down about a set: passwords and ports for good, its state while it runs.

Every file is readable by its owner alone and replaced in one step, so that a reader sees the old
text or the new one and a killed writer leaves nothing half written.
"""

import contextlib
import json
import os
import socket
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Literal, TypedDict, cast

from padstone.devservices.layout import Layout

__all__ = [
    "HOST",
    "Access",
    "Running",
    "State",
    "answers",
    "complete_access",
    "free_port",
    "port_is_free",
    "read_access",
    "read_json",
    "read_state",
    "remove_state",
    "write_access",
    "write_json",
    "write_state",
]

HOST = "127.0.0.1"

_FIRST_PORT, _LAST_PORT = 20_000, 31_999
"""Below the range from which Linux and macOS take ports for outgoing connections, so that a port
which is kept from run to run is seldom taken by chance."""
_PASSWORD_BYTES = {
    "postgres": 24,
    "valkey": 24,
    "s3_access_key": 24,
    "s3_secret_key": 24,
    "mail": 24,
    # It stands in the address of a page, which a person would like to see in one line.
    "mail_page": 12,
}


class Access(TypedDict):
    """What is needed to reach the services; kept from run to run."""

    ports: dict[str, int]
    passwords: dict[str, str]


class Running(TypedDict):
    """One service, as its keeper last saw it. ``since`` is in seconds of the epoch."""

    pid: int | None
    is_up: bool
    port: int
    program: str
    since: float
    data: str


class State(TypedDict):
    """What the keeper says of itself. ``timings`` are seconds, ``said`` is its progress so far."""

    phase: Literal["starting", "ready", "failed"]
    keeper: int
    said: list[str]
    notes: list[str]
    timings: dict[str, float]
    services: dict[str, Running]
    error: str


def read_json(path: Path) -> Any:
    """The file's content, or None when it is missing or unreadable as JSON."""
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None


def write_json(path: Path, content: Mapping[str, Any], *, lasting: bool = False) -> None:
    """Replace the file. ``lasting`` waits for the disk, for what cannot be made up again."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with contextlib.suppress(FileNotFoundError):
        draft.unlink()
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file, indent=1)
        if lasting:
            file.flush()
            os.fsync(file.fileno())
    draft.replace(path)


def read_access(layout: Layout) -> Access:
    """Ports and passwords; both empty before the first start."""
    return cast("Access", read_json(layout.home / "access.json") or {"ports": {}, "passwords": {}})


def write_access(layout: Layout, access: Access) -> None:
    write_json(layout.home / "access.json", access, lasting=True)


def complete_access(layout: Layout, access: Access) -> None:
    """Make up the passwords that are missing. They are written down before anything uses them."""
    missing = _PASSWORD_BYTES.keys() - access["passwords"].keys()
    if missing:
        import secrets

        access["passwords"] |= {
            name: secrets.token_urlsafe(_PASSWORD_BYTES[name]) for name in sorted(missing)
        }
        write_access(layout, access)


def read_state(layout: Layout) -> State | None:
    return cast("State | None", read_json(layout.home / "state.json"))


def write_state(layout: Layout, state: State) -> None:
    write_json(layout.home / "state.json", state)


def remove_state(layout: Layout) -> None:
    (layout.home / "state.json").unlink(missing_ok=True)


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        # Connections of the last run that are still winding down do not keep the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port(taken: Collection[int] = ()) -> int:
    """A port that nothing listens on and that is not one of those ``taken``."""
    for _ in range(1000):
        port = _FIRST_PORT + int.from_bytes(os.urandom(2)) % (_LAST_PORT - _FIRST_PORT)
        if port not in taken and port_is_free(port):
            return port
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return cast("int", probe.getsockname()[1])


def answers(port: int) -> bool:
    """Whether something listens on the port."""
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True

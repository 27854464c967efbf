"""Looking at a set and ending it, without taking part in it."""

import os
import signal
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from padstone.devservices import binaries, postgres
from padstone.devservices.errors import ServiceError
from padstone.devservices.layout import Layout, check_ours, checkout_root
from padstone.devservices.lease import take_start_lock
from padstone.devservices.leftovers import sweep
from padstone.devservices.locks import Lock, holders
from padstone.devservices.mail import mailbox_url
from padstone.devservices.process import names
from padstone.devservices.record import State, answers, read_access, read_state

__all__ = ["ServiceStatus", "logs", "psql_command", "reset", "status", "stop"]

_NAMES = ("postgres", "valkey", "s3", "mail")
_PATIENCE = 60.0


@dataclass(frozen=True)
class ServiceStatus:
    """One service of a set. ``uptime`` is in seconds, ``size`` in bytes of its ``data`` folder.

    ``failed`` means that its keeper is trying to bring it up again. ``page`` is where a person can
    look at it, if that is possible.
    """

    name: str
    state: Literal["running", "stopped", "failed"]
    pid: int | None
    port: int | None
    version: str | None
    uptime: float | None
    data: Path
    size: int
    page: str | None = None


def status(root: Path | None = None, *, ephemeral: bool = False) -> list[ServiceStatus]:
    """How the services of a checkout are. Starts nothing."""
    layout = _layout(root, ephemeral=ephemeral)
    state = read_state(layout) if _keeper_lives(layout) else None
    access = read_access(layout)
    found = [_status_of(layout, name, access["ports"].get(name), state) for name in _NAMES]
    return [
        replace(one, page=mailbox_url(access)) if one.name == "mail" and one.port else one
        for one in found
    ]


def _status_of(layout: Layout, name: str, port: int | None, state: State | None) -> ServiceStatus:
    running = state["services"].get(name) if state else None
    data = Path(running["data"]) if running else _last_data(layout, name)
    if running is None:
        return ServiceStatus(name, "stopped", None, port, None, None, data, _size(data))
    is_up = running["is_up"] and answers(running["port"])
    return ServiceStatus(
        name,
        "running" if is_up else "failed",
        running["pid"],
        running["port"],
        binaries.aiosmtpd() if name == "mail" else binaries.version(Path(running["program"])),
        time.time() - running["since"] if is_up else None,
        data,
        _size(data),
    )


def stop(root: Path | None = None, *, ephemeral: bool = False) -> int:
    """Stop the set now, and say how many leases on it were held. Does nothing when none runs.

    On systems other than Linux only one lease is seen, however many there are.
    """
    layout = _layout(root, ephemeral=ephemeral)
    if not layout.home.exists():
        return 0
    with take_start_lock(layout):
        return _stop(layout)


def reset(root: Path | None = None, *, ephemeral: bool = False) -> int:
    """Stop the set, delete everything it stored, and say how many leases on it were held.

    Ports, passwords and logs stay.
    """
    layout = _layout(root, ephemeral=ephemeral)
    if not layout.home.exists():
        return 0
    with take_start_lock(layout):
        users = _stop(layout)
        try:
            layout.remove_data()
        except OSError as error:
            raise ServiceError(
                f"Not all data could be deleted: {error}. Delete it by hand."
            ) from error
        return users


def logs(root: Path | None, service: str, *, ephemeral: bool = False) -> Path:
    """The log file of a service or of the ``keeper``. It may not exist yet."""
    known = (*_NAMES, "keeper")
    if service not in known:
        raise ServiceError(f"There is no service {service!r}. There are: {', '.join(known)}.")
    return _layout(root, ephemeral=ephemeral).log(service)


def psql_command(
    root: Path | None, database: str, *, ephemeral: bool = False
) -> tuple[list[str], dict[str, str]]:
    """The command of a ``psql`` on the database and its whole environment, with the password.

    The set need not run for this question, but must have run once.
    """
    access = read_access(_layout(root, ephemeral=ephemeral))
    if "postgres" not in access["ports"]:
        raise ServiceError("The services have never been started here. Start them first.")
    return postgres.psql_command(access, database)


def _layout(root: Path | None, *, ephemeral: bool = False) -> Layout:
    layout = Layout.of(checkout_root() if root is None else root, ephemeral=ephemeral)
    if layout.home.exists():
        check_ours(layout.home)
    return layout


def _keeper_lives(layout: Layout) -> bool:
    if not layout.home.exists():
        return False
    lock = Lock.take(layout.keeper_lock)
    if lock is None:
        return True
    lock.release()
    return False


def _stop(layout: Layout) -> int:
    """Ask the keeper to stop, and wait for its end. The caller holds the start lock."""
    users = holders(layout.users_lock)
    deadline = time.monotonic() + _PATIENCE
    asked = False
    while time.monotonic() < deadline:
        keeper_lock = Lock.take(layout.keeper_lock)
        if keeper_lock is not None:
            with keeper_lock:
                sweep(layout)
            return users if asked else 0
        state = read_state(layout)
        if not asked and state is not None and names(state["keeper"], layout.home):
            os.kill(state["keeper"], signal.SIGTERM)
            asked = True
        time.sleep(0.01)
    raise ServiceError(
        f"The keeper of the services in {layout.home} does not stop. If it runs in another "
        f"container, stop it there. See {layout.log('keeper')}."
    )


def _last_data(layout: Layout, name: str) -> Path:
    if name != "postgres":
        return layout.data / name
    clusters = layout.clusters()
    return max(clusters, key=clusters.__getitem__, default=layout.data / "postgres")


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.lstat().st_size
        except FileNotFoundError:  # a file that its service has removed meanwhile
            continue
    return total

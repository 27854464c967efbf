"""Taking part in a set of services: ``attach`` joins it, or starts it, and gives a lease."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

from padstone.devservices.errors import ServiceError
from padstone.devservices.layout import Layout, checkout_root
from padstone.devservices.leftovers import sweep
from padstone.devservices.locks import Lock
from padstone.devservices.mail import mail_url, mailbox_url
from padstone.devservices.postgres import database_url, ensure_database
from padstone.devservices.process import open_log, tail
from padstone.devservices.record import State, answers, read_access, read_state
from padstone.devservices.s3 import REGION, endpoint_url
from padstone.devservices.valkey import redis_url

__all__ = ["Lease", "Services", "attach", "take_start_lock"]

_PATIENCE = 120.0
"""Seconds to wait for a set to start, or for another process that is starting it."""
_GIVEN = tuple(f"PADSTONE_TEST_{name}_URL" for name in ("DATABASE", "REDIS", "STORAGE_ENDPOINT"))
"""Where tests are told to find their services, which then need no test set."""


@dataclass(frozen=True)
class Services:
    """How to reach a running set.

    ``timings`` are seconds: ``total`` always, and by name what this attach had to wait for
    (``initdb``, ``postgres``, ``valkey``, ``s3``, ``mail``, ``database``). ``notes`` are sentences
    for the person who started the set, such as a port that had to change. ``folder`` holds the logs
    and, unless it had to lie elsewhere, the data. ``mailbox_url`` is a page for people; whoever has
    it can read every mail. Both are ``None`` in a set that a version without a mailbox has started.
    """

    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    storage_endpoint_url: str
    storage_access_key: str
    storage_secret_key: str = field(repr=False)
    storage_region: str
    mail_url: str | None = field(repr=False)
    mailbox_url: str | None
    folder: Path
    timings: Mapping[str, float]
    notes: tuple[str, ...]


class Lease:
    """A share in a running set, held until it is released or the process ends, however it ends."""

    def __init__(self, services: Services, lock: Lock) -> None:
        self.services = services
        self._lock: Lock | None = lock

    def release(self) -> None:
        """Give the share back. The set stops some ten seconds after its last one. Idempotent."""
        lock, self._lock = self._lock, None
        if lock is not None:
            lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def attach(
    database: str,
    *,
    root: Path | None = None,
    ephemeral: bool = False,
    progress: Callable[[str], None] | None = None,
    grace: float = 10.0,
) -> Lease:
    """Join the set of services of a checkout, starting it when it does not run.

    ``root`` is the checkout's folder; by default it is looked for upward from the current one.
    The database is created when it is missing. ``ephemeral`` means the test set: a set of its own,
    quick and forgetful, whose data is deleted when it stops. ``progress`` is called with short
    sentences while this takes time. ``grace`` is how many seconds a set that this call starts
    outlives its last user.

    Raises ServiceError with the cause and the mend; also for a test set where tests were given all
    services by URL.
    """
    began = time.monotonic()
    _check_name(database)
    if ephemeral and all(os.environ.get(name) for name in _GIVEN):
        raise ServiceError(
            f"The services of the tests are given by {', '.join(_GIVEN)}: no others are started. "
            "Give this process its addresses, or unset one of these variables."
        )
    layout = Layout.of(checkout_root() if root is None else root, ephemeral=ephemeral)
    layout.create()
    start_lock = take_start_lock(layout)
    try:
        arrival = _arrive(layout, grace, progress or _say_nothing)
        users_lock = Lock.take(layout.users_lock, shared=True, wait=_PATIENCE)
        if users_lock is None:
            raise ServiceError(f"{layout.users_lock} is locked by something else. End that first.")
        try:
            try:
                _provide_database(layout, arrival, database)
            except ServiceError:
                # The server may have died while it was asked. Its keeper brings it back.
                _arrive(layout, grace, progress or _say_nothing)
                _provide_database(layout, arrival, database)
        except BaseException:
            users_lock.release()
            raise
    finally:
        start_lock.release()
    arrival.timings["total"] = time.monotonic() - began
    return Lease(_services(layout, arrival, database), users_lock)


def take_start_lock(layout: Layout) -> Lock:
    """The right to start, join or stop the set, which one process has at a time."""
    lock = Lock.take(layout.start_lock, wait=_PATIENCE)
    if lock is None:
        raise ServiceError(
            f"Another process has been starting or stopping the services in {layout.home} for "
            f"{_PATIENCE:.0f} s. See {layout.log('keeper')}."
        )
    return lock


@dataclass
class _Arrival:
    """A set that is ready, and what this process has seen of its start."""

    state: State
    timings: dict[str, float]
    notes: list[str]


def _arrive(layout: Layout, grace: float, progress: Callable[[str], None]) -> _Arrival:
    """Wait until the set is ready, starting its keeper if there is none. Holds the start lock."""
    deadline = time.monotonic() + _PATIENCE
    started = False
    said = 0
    while time.monotonic() < deadline:
        keeper_lock = Lock.take(layout.keeper_lock)
        state = read_state(layout)
        if keeper_lock is not None:
            with keeper_lock:
                if started:
                    raise ServiceError(_why_it_ended(layout, state))
                sweep(layout)
                _start_keeper(layout, keeper_lock, grace)
                started = True
            continue
        if state is not None:
            ready = _is_ready(state)
            if started or said or not ready:
                for sentence in state["said"][said:]:
                    progress(sentence)
                said = len(state["said"])
            if ready:
                return _Arrival(
                    state, *((state["timings"], state["notes"]) if started else ({}, []))
                )
        time.sleep(0.01)
    raise ServiceError(
        f"The services in {layout.home} have not become ready within {_PATIENCE:.0f} s. "
        f"{tail(layout.log('keeper'))}"
    )


def _is_ready(state: State) -> bool:
    """Whether the keeper says so and all of its services take connections at this moment."""
    return state["phase"] == "ready" and all(
        service["is_up"] and answers(service["port"]) for service in state["services"].values()
    )


def _why_it_ended(layout: Layout, state: State | None) -> str:
    if state is not None and state["error"]:
        return state["error"]
    return f"The keeper of the services has ended. {tail(layout.log('keeper'))}"


def _start_keeper(layout: Layout, lock: Lock, grace: float) -> None:
    with open_log(layout.log("keeper")) as log:
        # The descriptor of the lock goes to the keeper: the lock never is free in between.
        child = subprocess.Popen(  # noqa: S603
            [
                *(sys.executable, "-P", "-m", "padstone.devservices.keeper", str(layout.home)),
                "ephemeral" if layout.ephemeral else "lasting",
                *(str(grace), str(lock.descriptor)),
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,
            pass_fds=[lock.descriptor],
        )
    if child.wait() != 0:
        raise ServiceError(f"The keeper does not start. {tail(layout.log('keeper'))}")


def _provide_database(layout: Layout, arrival: _Arrival, database: str) -> None:
    began = time.monotonic()
    data = Path(arrival.state["services"]["postgres"]["data"])
    if ensure_database(layout, read_access(layout), data, database):
        arrival.timings["database"] = time.monotonic() - began


def _services(layout: Layout, arrival: _Arrival, database: str) -> Services:
    access = read_access(layout)
    # A set that an older version started may go on for those who send no mail.
    has_mailbox = "mail" in arrival.state["services"]
    return Services(
        database_url=database_url(access, database),
        redis_url=redis_url(access),
        storage_endpoint_url=endpoint_url(access),
        storage_access_key=access["passwords"]["s3_access_key"],
        storage_secret_key=access["passwords"]["s3_secret_key"],
        storage_region=REGION,
        mail_url=mail_url(access, database) if has_mailbox else None,
        mailbox_url=mailbox_url(access) if has_mailbox else None,
        folder=layout.home,
        timings=MappingProxyType(arrival.timings),
        notes=tuple(arrival.notes),
    )


def _check_name(database: str) -> None:
    # PostgreSQL cuts longer names off without a word, and two of them might meet.
    if not 1 <= len(database.encode()) <= 63 or "\0" in database:  # noqa: PLR2004
        raise ServiceError(f"The database name {database!r} must have 1 to 63 bytes.")


def _say_nothing(_: str) -> None:
    """The progress of those who do not care."""

"""The keeper: one process per set, which starts the services, supervises and stops them.

It is started by ``attach`` as ``python -m padstone.devservices.keeper HOME …``, with the keeper's
lock already held on a descriptor that it inherits: there is no moment at which a set that is being
started looks as if it had no keeper. It has a single thread, because Linux signals a child when
the *thread* that started it ends.
"""

import os
import signal
import sys
import time
from pathlib import Path

from padstone.devservices.errors import ServiceError
from padstone.devservices.layout import Layout
from padstone.devservices.locks import Lock
from padstone.devservices.mail import Mail
from padstone.devservices.postgres import PostgreSQL
from padstone.devservices.process import Service
from padstone.devservices.record import (
    Running,
    State,
    complete_access,
    free_port,
    port_is_free,
    read_access,
    remove_state,
    write_access,
    write_state,
)
from padstone.devservices.s3 import S3
from padstone.devservices.valkey import Valkey

__all__ = ["Keeper", "main"]

_START_LIMIT = 60.0
"""Seconds in which a service must answer; the recovery of a crashed database takes a while."""
_TICK = 0.1
"""Seconds between two looks at the services and at the users."""
_ATTEMPTS = 4
"""Starts of one service before the whole start is given up. A port may be taken between the look
and the bind, and the memory of a killed PostgreSQL is free only when its last child has gone."""


class Watch:
    """One service under supervision: whether it is up, and when to start it if it is not."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.is_up = False
        self.failures = 0
        self._start_at: float | None = time.monotonic()
        self._started = 0.0

    def is_due(self) -> bool:
        """Whether it is time to start the service."""
        return self._start_at is not None and time.monotonic() >= self._start_at

    def start(self) -> None:
        self._start_at = None
        self._started = time.monotonic()
        self.service.begin()

    def look(self) -> bool:
        """Whether the service has come up since the last look. Raises ServiceError if it ended."""
        if self._start_at is not None:
            return False
        if self.is_up:
            self._look_at_running()
            return False
        if time.monotonic() - self._started > _START_LIMIT:
            raise ServiceError(f"{self.service.title} does not answer. {self.service.last_words()}")
        self.is_up = self.service.is_ready()
        return self.is_up

    def _look_at_running(self) -> None:
        if self.service.has_ended():
            raise ServiceError(f"{self.service.title} has ended. {self.service.last_words()}")
        if time.monotonic() - self._started > _START_LIMIT:
            self.failures = 0

    def fall(self) -> None:
        """Note an end, and start again after a pause that grows with every failure."""
        self.is_up = False
        self.failures += 1
        self._start_at = time.monotonic() + min(0.05 * 2**self.failures, 5.0)


class Keeper:
    """Keeps one set until nobody has held its users' lock for ``grace`` seconds."""

    def __init__(self, layout: Layout, lock: Lock, grace: float) -> None:
        self.layout = layout
        self.lock = lock
        self.grace = grace
        self.access = read_access(layout)
        self.stop_asked = False
        self.state: State = {
            "phase": "starting",
            "keeper": os.getpid(),
            "said": [],
            "notes": [],
            "timings": {},
            "services": {},
            "error": "",
        }
        services = [kind(layout, self.access, self.say) for kind in (Valkey, S3, Mail, PostgreSQL)]
        self.watches = [Watch(service) for service in services]

    def say(self, sentence: str) -> None:
        """Progress, for whoever waits in ``attach`` and for the keeper's log."""
        if self.state["phase"] == "starting":
            self.state["said"].append(sentence)
        log(sentence)

    def run(self) -> int:
        """The keeper's whole life; its exit code."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask_to_stop)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        try:
            try:
                self.start()
                self.supervise()
            finally:
                self.stop_services()
        except (ServiceError, OSError) as error:
            log(str(error))
            self._clear_away()
            self.state["error"] = str(error)
            self.state["phase"] = "failed"
            self.publish()
            return 1
        self._clear_away()
        return 0

    def _ask_to_stop(self, *_: object) -> None:
        self.stop_asked = True

    def start(self) -> None:
        """Bring all services up, side by side. Raises ServiceError when one of them will not."""
        self._prepare()
        while not all(watch.is_up for watch in self.watches) and not self.stop_asked:
            for watch in self.watches:
                error = self._tend(watch)
                if error is not None and watch.failures >= _ATTEMPTS:
                    raise error
            time.sleep(0.005)
        self.state["phase"] = "ready"
        self.publish()

    def _prepare(self) -> None:
        if self.layout.ephemeral:
            # What a killed keeper left was written without waiting for the disk: not to be trusted.
            self.layout.remove_data()
        self.layout.create()
        complete_access(self.layout, self.access)
        problems = []
        for watch in self.watches:
            try:
                watch.service.prepare()
            except ServiceError as error:
                problems.append(str(error))
        if problems:
            raise ServiceError("\n".join(problems))

    def _choose_ports(self, service: Service) -> None:
        ports = self.access["ports"]
        for name in service.port_names or (service.name,):
            old = ports.get(name)
            if old is not None and port_is_free(old):
                continue
            ports[name] = free_port(taken=ports.values())
            write_access(self.layout, self.access)
            if old is not None:
                self.state["notes"].append(
                    f"Port {old} was taken; {service.title} moved to {ports[name]}."
                )
                self.say(self.state["notes"][-1])

    def _tend(self, watch: Watch) -> ServiceError | None:
        """Look at a service and do what is due. Returns why it has ended, if it has."""
        problem: ServiceError | None = None
        try:
            if watch.is_due():
                # Once the set is ready its users know the ports, which are kept from then on.
                if self.state["phase"] == "starting":
                    self._choose_ports(watch.service)
                watch.start()
            elif watch.look():
                self.state["timings"] |= watch.service.timings
            else:
                return None
        except ServiceError as error:
            log(str(error))
            watch.service.kill()
            watch.fall()
            problem = error
        self.publish()
        return problem

    def supervise(self) -> None:
        """Restart what dies, until there is nobody left to serve or somebody says stop."""
        idle_since: float | None = None
        while not self.stop_asked:
            for watch in self.watches:
                self._tend(watch)
            if self.lock.lost():
                return
            if self._is_used():
                idle_since = None
            elif idle_since is None:
                idle_since = time.monotonic()
            elif time.monotonic() - idle_since >= self.grace and self._take_leave():
                return
            time.sleep(_TICK)

    def _is_used(self) -> bool:
        lock = Lock.take(self.layout.users_lock)
        if lock is None:
            return True
        lock.release()
        return False

    def _take_leave(self) -> bool:
        """Close the door to newcomers and look once more. Whether nobody was there.

        The start lock is then held until this process ends.
        """
        start_lock = Lock.take(self.layout.start_lock)
        if start_lock is None:
            return False
        if self._is_used():
            start_lock.release()
            return False
        return True

    def stop_services(self) -> None:
        for watch in self.watches:
            watch.service.stop()
        for watch in self.watches:
            watch.service.reap()

    def _clear_away(self) -> None:
        # If the home was removed and made anew, what lies there is another keeper's.
        if self.layout.home.exists() and self.lock.lost():
            return
        if self.layout.ephemeral:
            self.layout.remove_data()
        remove_state(self.layout)

    def publish(self) -> None:
        self.state["services"] = {
            watch.service.name: running(watch) for watch in self.watches if watch.service.process
        }
        write_state(self.layout, self.state)


def running(watch: Watch) -> Running:
    service = watch.service
    alive = service.process is not None and not service.has_ended()
    return {
        "pid": service.process.pid if service.process and alive else None,
        "is_up": watch.is_up,
        "port": service.port,
        "program": str(service.program),
        "since": service.since,
        "data": str(service.data),
    }


def log(sentence: str) -> None:
    """Into the keeper's log, which is its standard output."""
    sys.stdout.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {sentence}\n")
    sys.stdout.flush()


def main() -> int:
    """Become the keeper of a set.

    Four arguments: its home, ``lasting`` or ``ephemeral``, the grace in seconds, and the
    descriptor of the keeper's lock.
    """
    home, kind, grace, descriptor = sys.argv[1:]
    # Whoever starts the keeper waits for this process alone. The keeper is nobody's child then,
    # and does not stay behind as a zombie of its first user.
    if os.fork():
        os._exit(0)
    layout = Layout.of(Path(home).parents[1], ephemeral=kind == "ephemeral")
    lock = Lock(layout.keeper_lock, int(descriptor))
    os.set_inheritable(lock.descriptor, False)  # noqa: FBT003  its only argument
    return Keeper(layout, lock, float(grace)).run()


if __name__ == "__main__":
    sys.exit(main())

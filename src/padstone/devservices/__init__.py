"""Real PostgreSQL, Valkey, S3 and a mailbox for development and tests, from wheels, without Docker.

One *set* of services per checkout, shared by its systems and processes. ``attach`` joins the set,
or starts it, and gives a *lease*. A detached *keeper* process is the parent of the services: it
restarts one that dies, and stops all about ten seconds after the last lease is gone.

Why there are no races
----------------------
Three files are locked with ``flock``. The kernel lets go of such a lock however its holder dies,
and no child process inherits one unless it is handed over.

- ``users.lock`` is held, shared, by every lease. The set is in use while anybody holds it.
- ``keeper.lock`` is held by the keeper as long as it lives. Process ids are never guessed from: a
  keeper lives if, and only if, this lock is held.
- ``start.lock`` is held by whoever starts, joins or stops the set, one at a time.

``attach`` takes ``start.lock``; then it tries ``keeper.lock``. If it gets it, no keeper lives: it
ends what a killed keeper may have left, and starts a keeper that *inherits the held lock*, so that
there is no moment at which two could start one. If it does not get it, a keeper lives, and it waits
until that keeper is ready or has ended. Then it takes ``users.lock``, still under ``start.lock``,
and lets ``start.lock`` go.

The keeper looks several times a second whether it can have ``users.lock`` for itself. When that
was so for the whole grace period, it takes ``start.lock``, which keeps newcomers out, and looks
once more: a lease taken in between is seen, because leases are taken under ``start.lock``. It
holds ``start.lock`` until the services have stopped and it ends itself, so that the next newcomer
finds no keeper and starts one. It only ever *tries* ``start.lock``, so that it and a newcomer never
wait for each other.

``stop`` holds ``start.lock``, signals the keeper and waits until ``keeper.lock`` is free.

Lock files are never removed. If somebody removes the whole folder, the keeper notices that its
lock's path leads elsewhere, and ends; a lock that was taken on a file that is no longer there is
taken again on its successor.

A keeper that is killed takes its services with it on Linux, by the kernel's parent-death signal.
Elsewhere they stay until the next ``attach`` or ``stop``, which ends them after making sure that
each process's command line names the set's folder.
"""

from padstone.devservices.control import ServiceStatus, logs, psql_command, reset, status, stop
from padstone.devservices.errors import ServiceError
from padstone.devservices.lease import Lease, Services, attach

__all__ = [
    "Lease",
    "ServiceError",
    "ServiceStatus",
    "Services",
    "attach",
    "logs",
    "psql_command",
    "reset",
    "status",
    "stop",
]

"""The address of a system in development."""

import socket
from contextlib import suppress

from padstone.errors import UnavailableError

__all__ = ["HOST", "listen"]

HOST = "127.0.0.1"
_TRIED = 200


def listen(wanted: int) -> socket.socket:
    """A socket that listens on port ``wanted``, or on the next one that is free.

    ``dev`` holds it, and each server of the system in turn accepts from it: nobody can take the
    port between a look and a start, and what a browser asks during a restart is answered after it.
    """
    for port in range(wanted, min(wanted + _TRIED, 65_536)):
        with suppress(OSError):
            return socket.create_server((HOST, port), backlog=128)
    raise UnavailableError(f"No port from {wanted} up is free. End what listens there.")

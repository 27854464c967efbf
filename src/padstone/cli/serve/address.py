"""The address that a server listens on."""

import errno
import os
import socket

from padstone.errors import UnavailableError

__all__ = ["bind", "explain", "url_of"]


def bind(host: str, port: int) -> socket.socket:
    """A socket on the address. It refuses connections until a server listens on it.

    Raises ``UnavailableError`` that says why the address cannot be had and what to do.
    """
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    # Connections of the last server that are still winding down do not keep the port.
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise UnavailableError(explain(error, host, port)) from error
    return bound


def explain(error: OSError, host: str, port: int) -> str:
    """Why nobody can listen there, in words."""
    place = f"port {port} on {host or 'all addresses'}"
    if error.errno == errno.EADDRINUSE:
        return (
            f"Another process listens on {place}. End it, or choose another port by --port or PORT."
        )
    if error.errno == errno.EACCES:
        return f"This user may not listen on {place}. Choose one from 1024 up by --port or PORT."
    if error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror):
        return f"{host!r} is no address of this machine. Choose another by --host or HOST."
    return f"Nobody can listen on {place}: {os.strerror(error.errno or 0)}."


def url_of(bound: socket.socket) -> str:
    """The address as one types it."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

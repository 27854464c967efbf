"""What the lifespan has opened, as a request finds it."""

from typing import TypeVar

from starlette.requests import HTTPConnection

from padstone.errors import UnavailableError

__all__ = ["opened"]

T = TypeVar("T")


def opened(connection: HTTPConnection, name: str, kind: type[T]) -> T:
    """The part of the application's state that is called ``name``.

    Raises ``UnavailableError`` where it is not there: the lifespan has not run, as under a test
    client that does not enter it.
    """
    found = connection.scope.get("state", {}).get(name)
    if not isinstance(found, kind):
        raise UnavailableError("The application has not started yet.")
    return found

"""What a failure of Redis means, in the words of ``padstone.errors``."""

from redis import exceptions
from redis.exceptions import (
    AuthenticationError,
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
    ResponseError,
)

from padstone.errors import UnavailableError

__all__ = ["RedisUnavailableError", "translate"]

# What a server says of its own state, and not of what it was asked.
_NOT_NOW = ("BUSY ", "CLUSTERDOWN", "LOADING", "MASTERDOWN", "MISCONF", "NOREPLICAS", "TRYAGAIN")


class RedisUnavailableError(UnavailableError):
    """Redis does not answer, does not let us in, or cannot do it just now."""

    code = "redis_unavailable"
    detail = "A service that this request needs does not answer. Try again shortly."


def translate(error: Exception) -> RedisUnavailableError | None:
    """What the caller should be told of ``error``; ``None`` where it is a defect of ours."""
    if isinstance(error, AuthenticationError | NoPermissionError):
        return RedisUnavailableError("Redis refuses this service's credentials.")
    if isinstance(error, exceptions.ConnectionError | exceptions.TimeoutError | OSError):
        return RedisUnavailableError()
    if isinstance(error, ReadOnlyError | OutOfMemoryError):
        return RedisUnavailableError("Redis takes no changes just now.")
    if isinstance(error, ResponseError) and str(error).startswith(_NOT_NOW):
        return RedisUnavailableError()
    return None

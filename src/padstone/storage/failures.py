"""What a failure of the storage means, in the words of ``padstone.errors``.

The messages are ours: botocore's own name hosts and buckets.
"""

import random
import time
from collections.abc import Callable
from typing import Any, TypeVar

from padstone.errors import NotFoundError, PadstoneError, UnavailableError

__all__ = ["ObjectNotFoundError", "StorageUnavailableError", "attempt", "is_missing", "translate"]

T = TypeVar("T")

_MISSING = {"404", "NoSuchKey", "NotFound"}
_DENIED = {"401", "403", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch"}


class StorageUnavailableError(UnavailableError):
    """The storage does not answer, or does not let us in."""

    code = "storage_unavailable"
    detail = "The storage does not answer. Try again shortly."


class ObjectNotFoundError(NotFoundError):
    code = "object_not_found"
    detail = "There is no such object in the storage."


def attempt(call: Callable[..., T], **parameters: Any) -> T:
    """Calls the storage, and once more where that is likely to help.

    A connection that the storage has closed meanwhile and a passing 5xx are worth a second try; a
    storage that is silent or refuses connections is not, since the caller waits.
    """
    from botocore.exceptions import ClientError, ConnectionClosedError

    try:
        return call(**parameters)
    except ConnectionClosedError:
        pass
    except ClientError as error:
        if _status(error) < 500:  # noqa: PLR2004
            raise
    time.sleep(random.uniform(0.02, 0.1))  # noqa: S311  # a pause is no secret
    return call(**parameters)


def translate(error: Exception) -> PadstoneError | None:
    """What the caller should be told of ``error``; ``None`` where it is a defect of ours."""
    from botocore.exceptions import BotoCoreError, ClientError

    if isinstance(error, ClientError):
        code = error.response.get("Error", {}).get("Code", "")
        if code in _MISSING:
            return ObjectNotFoundError()
        if code == "NoSuchBucket":
            return StorageUnavailableError("The storage has no such bucket.")
        if code in _DENIED:
            return StorageUnavailableError("The storage refuses this service's credentials.")
        return StorageUnavailableError("The storage failed to answer.")
    if isinstance(error, BotoCoreError | OSError):
        return StorageUnavailableError()
    return None


def is_missing(error: Exception) -> bool:
    """Whether the storage said that there is no such thing."""
    return isinstance(translate(error), ObjectNotFoundError)


def _status(error: Any) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))

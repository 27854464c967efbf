"""What the storage says, and what becomes of it."""

from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from padstone.errors import NotFoundError, UnavailableError
from padstone.storage.failures import (
    ObjectNotFoundError,
    StorageUnavailableError,
    attempt,
    is_missing,
    translate,
)

HOST = "http://internal.example:9000"


def refusal(code: str, status: int) -> ClientError:
    answer: Any = {
        "Error": {"Code": code, "Message": f"{HOST} says no"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(answer, "GetObject")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (refusal("NoSuchKey", 404), ObjectNotFoundError),
        (refusal("404", 404), ObjectNotFoundError),
        (refusal("NoSuchBucket", 404), StorageUnavailableError),
        (refusal("NoSuchUpload", 404), StorageUnavailableError),
        (refusal("AccessDenied", 403), StorageUnavailableError),
        (refusal("SlowDown", 503), StorageUnavailableError),
        (EndpointConnectionError(endpoint_url=HOST), StorageUnavailableError),
        (ReadTimeoutError(endpoint_url=HOST), StorageUnavailableError),
        (ConnectionResetError(HOST), StorageUnavailableError),
    ],
)
def test_every_failure_has_a_meaning_and_names_no_host(
    error: Exception, expected: type[Exception]
) -> None:
    known = translate(error)
    assert type(known) is expected
    assert "internal.example" not in str(known)
    assert is_missing(error) == (expected is ObjectNotFoundError)


def test_the_branches_of_the_tree() -> None:
    assert issubclass(StorageUnavailableError, UnavailableError)
    assert issubclass(ObjectNotFoundError, NotFoundError)
    assert StorageUnavailableError.code == "storage_unavailable"
    assert ObjectNotFoundError.code == "object_not_found"


def test_a_defect_of_ours_has_none() -> None:
    assert translate(KeyError("x")) is None


class Calls:
    """Fails with each of the errors in turn, and then succeeds."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.count = 0

    def __call__(self, **_: object) -> str:
        self.count += 1
        if self.errors:
            raise self.errors.pop(0)
        return "done"


@pytest.mark.parametrize(
    "error", [refusal("InternalError", 500), ConnectionClosedError(endpoint_url=HOST)]
)
def test_what_passes_is_tried_again_once(error: Exception) -> None:
    assert attempt(Calls(error)) == "done"
    stubborn = Calls(error, error, error)
    with pytest.raises(type(error)):
        attempt(stubborn)
    assert stubborn.count == 2


@pytest.mark.parametrize(
    "error", [refusal("AccessDenied", 403), ReadTimeoutError(endpoint_url=HOST)]
)
def test_what_does_not_pass_is_not_tried_again(error: Exception) -> None:
    calls = Calls(error)
    with pytest.raises(type(error)):
        attempt(calls)
    assert calls.count == 1

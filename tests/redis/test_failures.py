"""Trouble of Redis is 503; a defect of ours stays one."""

import pytest
from redis import exceptions

from padstone.redis import RedisUnavailableError
from padstone.redis.failures import translate


@pytest.mark.parametrize(
    "error",
    [
        exceptions.ConnectionError("gone"),
        exceptions.TimeoutError("silent"),
        exceptions.BusyLoadingError("LOADING"),
        exceptions.AuthenticationError("WRONGPASS"),
        exceptions.NoPermissionError("NOPERM"),
        exceptions.ReadOnlyError("READONLY"),
        exceptions.OutOfMemoryError("OOM"),
        exceptions.ResponseError("MISCONF Redis is configured to save RDB snapshots"),
        exceptions.ResponseError("MASTERDOWN Link with MASTER is down"),
        ConnectionRefusedError(),
        TimeoutError(),
    ],
)
def test_trouble_of_its_own(error: Exception) -> None:
    meant = translate(error)
    assert isinstance(meant, RedisUnavailableError)
    assert meant.retry_after == 1
    assert str(error) not in meant.detail or not str(error)


@pytest.mark.parametrize(
    "error",
    [exceptions.ResponseError("WRONGTYPE"), exceptions.DataError("what is this"), KeyError("a")],
)
def test_defects(error: Exception) -> None:
    assert translate(error) is None

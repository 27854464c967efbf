"""What every test of the library shares."""

import logging
import os
from collections.abc import Iterator

import hypothesis
import pytest
import structlog

from padstone.testing.logs import logging_kept

pytest_plugins = ["certificates", "redised", "started"]

# A slow machine is no failure, so nothing here is timed; and the same examples everywhere, so that
# a red test is red again.
hypothesis.settings.register_profile(
    "padstone", deadline=None, derandomize=True, max_examples=100, print_blob=True
)
hypothesis.settings.load_profile("padstone")


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """What a command that a test calls, or a fixture of the whole run, says of this process's log
    does not decide what the next test sees.
    """
    with logging_kept():
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.NOTSET))
        yield


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests about the embedded services, which run on them even where others are given."""
    for name in [name for name in os.environ if name.startswith("PADSTONE_TEST_")]:
        monkeypatch.delenv(name)

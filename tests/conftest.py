"""What every test of the library shares."""

import os

import hypothesis
import pytest

pytest_plugins = ["certificates", "started"]

# A slow machine is no failure, so nothing here is timed; and the same examples everywhere, so that
# a red test is red again.
hypothesis.settings.register_profile(
    "padstone", deadline=None, derandomize=True, max_examples=100, print_blob=True
)
hypothesis.settings.load_profile("padstone")


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests about the embedded services, which run on them even where others are given."""
    for name in [name for name in os.environ if name.startswith("PADSTONE_TEST_")]:
        monkeypatch.delenv(name)

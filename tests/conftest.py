"""What every test of the library shares."""

import hypothesis

pytest_plugins = ["started"]

# A slow machine is no failure, so nothing here is timed; and the same examples everywhere, so that
# a red test is red again.
hypothesis.settings.register_profile(
    "padstone", deadline=None, derandomize=True, max_examples=100, print_blob=True
)
hypothesis.settings.load_profile("padstone")

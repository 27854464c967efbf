"""C1 to C12, and who may not: the tests that are the same in every system."""

from padstone.testing.contract import *  # noqa: F403  # pytest finds them by their names

"""What every system promises, and who may not: the library's tests, on this system."""

from padstone.testing.contract import *  # noqa: F403  # pytest finds them by their names

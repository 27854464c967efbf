"""What every system promises, C1 to C12, and who may not: the library's tests, on this system."""

from padstone.testing.contract import *  # noqa: F403  # pytest finds them by their names

"""What only this system knows, for the tests that are the same in every system."""

from typing import ClassVar

from padstone.testing.contract import World as Contract

__all__ = ["World"]


class World(Contract):
    """Notes are each user's own, so their tests need not be told anything."""

    other_keys: ClassVar[dict[str, str]] = {
        "login_attempts": "a keyed hash, so that no address is stored",
    }

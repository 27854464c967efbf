"""What only this system knows, for the tests that are the same in every system."""

from typing import ClassVar

from padstone.testing.contract import World as Contract

__all__ = ["World"]


class World(Contract):
    """Accounts: who calls are API keys, and each row is made by the POST beside it."""

    open = frozenset({"get_health"})
    lists: ClassVar[dict[str, str | None]] = {"list_entries": "hold_id"}

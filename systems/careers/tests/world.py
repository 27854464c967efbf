"""What only this system knows, for the tests that are the same in every system."""

from padstone.testing.contract import World as Contract

__all__ = ["World"]


class World(Contract):
    """Careers: everything belongs to the user who made it."""

    open = frozenset({"get_api_health", "get_database_health", "get_health"})

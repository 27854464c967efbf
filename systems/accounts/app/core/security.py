"""What a key may be allowed to do."""

from enum import StrEnum

__all__ = ["DEFAULT_SCOPES", "Scope"]


class Scope(StrEnum):
    """The scopes of API keys. A route names the one it needs."""

    ACCOUNT_READ = "account:read"
    KEYS_READ = "keys:read"
    KEYS_WRITE = "keys:write"
    CREDITS_READ = "credits:read"
    CREDITS_WRITE = "credits:write"
    OBJECTS_READ = "objects:read"
    OBJECTS_WRITE = "objects:write"


# What a customer's own key gets. Spending credits is the platform's part: its runners hold keys
# with credits:write, which an operator makes.
DEFAULT_SCOPES = frozenset(Scope) - {Scope.CREDITS_WRITE}

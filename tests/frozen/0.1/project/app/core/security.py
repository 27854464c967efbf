"""Who may do what: the scopes that routes ask for, and the roles that hold them."""

from enum import StrEnum

__all__ = ["ROLES", "Role", "Scope"]


class Scope(StrEnum):
    """What a route asks for."""

    READ = "read"
    WRITE = "write"
    KEYS_READ = "keys:read"
    KEYS_WRITE = "keys:write"


class Role(StrEnum):
    """What a user is. Whoever registers is a member."""

    MEMBER = "member"


ROLES: dict[str, tuple[Scope, ...]] = {Role.MEMBER: tuple(Scope)}

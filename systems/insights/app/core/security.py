"""Who may do what: the scopes that routes ask for, and the roles that hold them.

An API key has some of its owner's scopes, and loses those that the owner loses.
"""

from enum import StrEnum

__all__ = ["ROLES", "Role", "Scope"]


class Scope(StrEnum):
    """What a route asks for."""

    PROMPTS_READ = "prompts:read"
    PROMPTS_WRITE = "prompts:write"
    FILES_READ = "files:read"
    FILES_WRITE = "files:write"
    ANALYSES_READ = "analyses:read"
    ANALYSES_WRITE = "analyses:write"
    CONFIGURATION_READ = "configuration:read"
    CONFIGURATION_WRITE = "configuration:write"
    CONFIGURATION_MANAGE = "configuration:manage"
    KEYS_READ = "keys:read"
    KEYS_WRITE = "keys:write"
    USERS_MANAGE = "users:manage"


class Role(StrEnum):
    """What a user is. An admin invites both."""

    ANALYST = "analyst"
    ADMIN = "admin"


ROLES: dict[str, tuple[Scope, ...]] = {
    Role.ANALYST: tuple(
        scope for scope in Scope if scope not in {Scope.CONFIGURATION_MANAGE, Scope.USERS_MANAGE}
    ),
    Role.ADMIN: tuple(Scope),
}

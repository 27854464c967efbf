"""Who may do what: the scopes that routes ask for, and the roles and keys that hold them."""

from enum import StrEnum

__all__ = ["DEFAULT_KEY_SCOPES", "KEY_SCOPES", "ROLES", "Role", "Scope"]


class Scope(StrEnum):
    """What a route asks for."""

    CHAT_WRITE = "chat:write"
    CONVERSATIONS_READ = "conversations:read"
    CONVERSATIONS_WRITE = "conversations:write"
    CREDITS_READ = "credits:read"
    KEYS_READ = "keys:read"
    KEYS_WRITE = "keys:write"
    USERS_MANAGE = "users:manage"


class Role(StrEnum):
    """What a user is. Whoever registers is a member."""

    MEMBER = "member"
    ADMIN = "admin"


# What a key may be given. Managing users takes a person who is signed in.
KEY_SCOPES = frozenset(Scope) - {Scope.USERS_MANAGE}

# What `padstone keys create` gives: a program that talks to models makes no keys.
DEFAULT_KEY_SCOPES = KEY_SCOPES - {Scope.KEYS_WRITE}

ROLES: dict[str, tuple[Scope, ...]] = {
    Role.MEMBER: tuple(sorted(KEY_SCOPES)),
    Role.ADMIN: tuple(sorted(Scope)),
}

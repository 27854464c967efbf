"""What each role may do. There is one: everybody has the same rights over what is their own."""

from typing import Final

__all__ = ["DEFAULT_ROLE", "ROLES"]

DEFAULT_ROLE: Final = "member"
ROLES: Final[dict[str, list[str]]] = {DEFAULT_ROLE: []}

"""Who may do what: the scopes that routes ask for, and the roles that hold them."""

from enum import StrEnum

__all__ = ["ROLES", "Role", "Scope"]


class Scope(StrEnum):
    """What a route asks for."""

    CART_WRITE = "cart:write"
    ORDERS_READ = "orders:read"
    ORDERS_PLACE = "orders:place"
    ORDERS_MANAGE = "orders:manage"
    CATALOG_WRITE = "catalog:write"
    USERS_MANAGE = "users:manage"


class Role(StrEnum):
    """What a user is. Whoever registers is a buyer."""

    BUYER = "buyer"
    MANAGER = "manager"
    ADMIN = "admin"


_BUYER = (Scope.CART_WRITE, Scope.ORDERS_READ, Scope.ORDERS_PLACE)
_MANAGER = (*_BUYER, Scope.ORDERS_MANAGE, Scope.CATALOG_WRITE)

ROLES: dict[str, tuple[Scope, ...]] = {
    Role.BUYER: _BUYER,
    Role.MANAGER: _MANAGER,
    Role.ADMIN: (*_MANAGER, Scope.USERS_MANAGE),
}

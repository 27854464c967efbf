"""Guards of this system: who is calling, and what they may do."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from app.core.config import Settings
from app.core.security import Scope
from app.models import IdempotencyRecord
from padstone.auth import Requires
from padstone.idempotency import Idempotent
from padstone.principal import Principal

__all__ = [
    "CartOwner",
    "CatalogueManager",
    "IdempotencyDep",
    "OrderManager",
    "OrderPlacer",
    "OrderReader",
    "SettingsDep",
    "UserManager",
    "manages",
]

CartOwner = Annotated[Principal, Requires(Scope.CART_WRITE)]
OrderReader = Annotated[Principal, Requires(Scope.ORDERS_READ)]
OrderPlacer = Annotated[Principal, Requires(Scope.ORDERS_PLACE)]
OrderManager = Annotated[Principal, Requires(Scope.ORDERS_MANAGE)]
CatalogueManager = Annotated[Principal, Requires(Scope.CATALOG_WRITE)]
UserManager = Annotated[Principal, Requires(Scope.USERS_MANAGE)]


def manages(principal: Principal | None, scope: Scope) -> bool:
    """Whether somebody is calling who has ``scope``, where it widens what is seen."""
    return principal is not None and scope in principal.scopes


async def _settings(connection: HTTPConnection) -> Settings:
    settings: Settings = connection.state.settings
    return settings


IdempotencyDep = Idempotent(IdempotencyRecord)
SettingsDep = Annotated[Settings, Depends(_settings)]

"""Guards of this system: who is calling, and which rows are theirs."""

from datetime import timedelta
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from app.core.config import Settings, settings
from app.core.security import Scope
from app.models import IdempotencyRecord
from padstone.auth import Requires
from padstone.idempotency import Idempotent
from padstone.principal import Principal

__all__ = [
    "CreditsReader",
    "CreditsWriter",
    "IdempotencyDep",
    "ObjectsReader",
    "ObjectsWriter",
    "SettingsDep",
]

CreditsReader = Annotated[Principal, Requires(Scope.CREDITS_READ)]
CreditsWriter = Annotated[Principal, Requires(Scope.CREDITS_WRITE)]
ObjectsReader = Annotated[Principal, Requires(Scope.OBJECTS_READ)]
ObjectsWriter = Annotated[Principal, Requires(Scope.OBJECTS_WRITE)]


async def _settings(connection: HTTPConnection) -> Settings:
    settings: Settings = connection.state.settings
    return settings


# An answer may hold an upload link, so it is kept as long as the link works, and no longer.
IdempotencyDep = Idempotent(
    IdempotencyRecord, lifetime=timedelta(seconds=settings.STORAGE_URL_TTL_SECONDS)
)
SettingsDep = Annotated[Settings, Depends(_settings)]

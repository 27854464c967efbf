"""Guards of this system: who is calling, and what they may do."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from app.core.config import Settings
from app.core.security import Scope
from app.models import IdempotencyRecord
from app.services.chat import ChatService
from padstone.auth import Requires
from padstone.idempotency import Idempotent
from padstone.metering import MeterDep
from padstone.principal import Principal
from padstone.providers import ProvidersDep
from padstone.state import opened

__all__ = [
    "ChatCaller",
    "ChatServiceDep",
    "ConversationsReader",
    "ConversationsWriter",
    "IdempotencyDep",
    "SettingsDep",
    "UserManager",
]

ChatCaller = Annotated[Principal, Requires(Scope.CHAT_WRITE)]
ConversationsReader = Annotated[Principal, Requires(Scope.CONVERSATIONS_READ)]
ConversationsWriter = Annotated[Principal, Requires(Scope.CONVERSATIONS_WRITE)]
UserManager = Annotated[Principal, Requires(Scope.USERS_MANAGE)]


async def _settings(connection: HTTPConnection) -> Settings:
    return opened(connection, "settings", Settings)


IdempotencyDep = Idempotent(IdempotencyRecord)
SettingsDep = Annotated[Settings, Depends(_settings)]


async def _chat(router: ProvidersDep, meter: MeterDep, settings: SettingsDep) -> ChatService:
    return ChatService(router, meter, settings)


ChatServiceDep = Annotated[ChatService, Depends(_chat)]

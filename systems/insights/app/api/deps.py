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
from padstone.state import opened

__all__ = [
    "AnalysisReader",
    "AnalysisWriter",
    "ConfigurationManager",
    "ConfigurationReader",
    "ConfigurationWriter",
    "FileReader",
    "FileWriter",
    "IdempotencyDep",
    "PromptReader",
    "PromptWriter",
    "SettingsDep",
    "UserManager",
]

AnalysisReader = Annotated[Principal, Requires(Scope.ANALYSES_READ)]
AnalysisWriter = Annotated[Principal, Requires(Scope.ANALYSES_WRITE)]
ConfigurationManager = Annotated[Principal, Requires(Scope.CONFIGURATION_MANAGE)]
ConfigurationReader = Annotated[Principal, Requires(Scope.CONFIGURATION_READ)]
ConfigurationWriter = Annotated[Principal, Requires(Scope.CONFIGURATION_WRITE)]
FileReader = Annotated[Principal, Requires(Scope.FILES_READ)]
FileWriter = Annotated[Principal, Requires(Scope.FILES_WRITE)]
PromptReader = Annotated[Principal, Requires(Scope.PROMPTS_READ)]
PromptWriter = Annotated[Principal, Requires(Scope.PROMPTS_WRITE)]
UserManager = Annotated[Principal, Requires(Scope.USERS_MANAGE)]


async def _settings(connection: HTTPConnection) -> Settings:
    return opened(connection, "settings", Settings)


IdempotencyDep = Idempotent(IdempotencyRecord)
SettingsDep = Annotated[Settings, Depends(_settings)]
"""The settings with which the application was started."""

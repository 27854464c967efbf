"""Whether what an application asks for is installed: said when it is made, not when it is used."""

from padstone.app.application import Plan
from padstone.extras import require
from padstone.settings import (
    EncryptionSettings,
    JobSettings,
    MailSettings,
    OutboundSettings,
    ProviderSettings,
    RedisSettings,
    Settings,
    StorageSettings,
    UserSettings,
)

__all__ = ["require_extras"]

# In this order: the extra of users brings jobs and mail, and that of models the calls elsewhere.
_EXTRA_OF = {
    UserSettings: "users",
    JobSettings: "jobs",
    MailSettings: "mail",
    RedisSettings: "redis",
    StorageSettings: "s3",
    EncryptionSettings: "encryption",
    ProviderSettings: "llm",
    OutboundSettings: "outbound",
}


def require_extras(settings: Settings, plan: Plan) -> None:
    """Raises ``MissingExtraError`` for the first group of settings whose packages are missing."""
    if plan.users is not None:
        require("users")
    for group, extra in _EXTRA_OF.items():
        if isinstance(settings, group):
            require(extra)

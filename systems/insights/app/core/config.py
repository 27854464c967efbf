"""The settings of this system. Building them reads the environment and opens nothing."""

from typing import ClassVar

from pydantic import Field

from padstone.settings import (
    DatabaseSettings,
    JobSettings,
    MailSettings,
    ProviderSettings,
    RedisSettings,
    StorageSettings,
    UserSettings,
)

__all__ = ["Settings", "settings"]


class Settings(
    DatabaseSettings,
    RedisSettings,
    StorageSettings,
    JobSettings,
    MailSettings,
    UserSettings,
    ProviderSettings,
):
    """Insights needs PostgreSQL and S3, can do without Redis for a while, and mails its users.

    Without a model provider, people enter the results of analyses themselves.
    """

    SYSTEM: ClassVar[str] = "insights"

    PORT: int = Field(8004, ge=0, le=65535, description="The port to serve on.")
    KEY_ROTATION_OVERLAP_SECONDS: int = Field(
        86_400, ge=0, le=2_592_000, description="How long a rotated key goes on working at most."
    )


settings = Settings()

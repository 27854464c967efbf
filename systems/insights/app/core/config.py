"""The settings of this system. Building them reads the environment and opens nothing."""

from typing import ClassVar

from pydantic import Field

from padstone.settings import (
    DatabaseSettings,
    JobSettings,
    MailSettings,
    StorageSettings,
    UserSettings,
)

__all__ = ["Settings", "settings"]


class Settings(DatabaseSettings, StorageSettings, JobSettings, MailSettings, UserSettings):
    """Insights needs PostgreSQL and S3, and mails its users."""

    SYSTEM: ClassVar[str] = "insights"

    PORT: int = Field(8004, ge=0, le=65535, description="The port to serve on.")
    KEY_ROTATION_OVERLAP_SECONDS: int = Field(
        86_400, ge=0, le=2_592_000, description="How long a rotated key goes on working at most."
    )


settings = Settings()

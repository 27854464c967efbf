"""The settings of this system. Building them reads the environment and opens nothing."""

from typing import ClassVar

from padstone.settings import DatabaseSettings, JobSettings, MailSettings, UserSettings

__all__ = ["Settings", "settings"]


class Settings(DatabaseSettings, JobSettings, MailSettings, UserSettings):
    """PostgreSQL, and mail to users. A setting of your own is one more field."""

    SYSTEM: ClassVar[str] = "frozen"


settings = Settings()

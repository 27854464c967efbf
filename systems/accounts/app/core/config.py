"""The settings of this system. Building them reads the environment and opens nothing."""

from typing import ClassVar

from pydantic import Field

from padstone.settings import DatabaseSettings, StorageSettings

__all__ = ["Settings", "settings"]


class Settings(DatabaseSettings, StorageSettings):
    """Accounts needs PostgreSQL and S3."""

    SYSTEM: ClassVar[str] = "accounts"

    WELCOME_CREDITS_MICROS: int = Field(
        1_000_000, ge=0, description="Credits that a new account is granted, in micros."
    )
    KEY_ROTATION_OVERLAP_SECONDS: int = Field(
        86_400, ge=0, le=2_592_000, description="How long a rotated key goes on working at most."
    )
    OBJECT_MAX_BYTES: int = Field(
        104_857_600, ge=1, description="The largest artifact that may be uploaded, in bytes."
    )
    OBJECT_QUOTA: int = Field(1_000, ge=1, description="How many artifacts one account may keep.")


settings = Settings()

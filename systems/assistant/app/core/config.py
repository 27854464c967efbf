"""The settings of this system. Building them reads the environment and opens nothing."""

from typing import ClassVar

from pydantic import Field

from padstone.settings import (
    DatabaseSettings,
    EncryptionSettings,
    JobSettings,
    MailSettings,
    UserSettings,
)

__all__ = ["Settings", "settings"]


class Settings(DatabaseSettings, JobSettings, MailSettings, UserSettings, EncryptionSettings):
    """The assistant needs PostgreSQL, somewhere to send mail, and keys for what people write."""

    SYSTEM: ClassVar[str] = "assistant"

    PORT: int = Field(8003, ge=0, le=65535, description="The port to serve on.")
    API_VERSION: str = Field(
        "v1",
        min_length=1,
        max_length=40,
        description="The version that /health and the documentation name.",
    )
    ALLOW_CREDENTIALS: bool = Field(
        default=True,
        description="Let browsers of the allowed origins send credentials; origins are named then.",
    )
    WELCOME_CREDITS_MICROS: int = Field(
        5_000_000,
        ge=0,
        description="Credits that a user is granted once, on verifying the address, in micros.",
    )


settings = Settings()

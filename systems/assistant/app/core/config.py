"""The settings of this system. Building them reads the environment and opens nothing."""

from typing import Any, ClassVar

from pydantic import Field, model_validator

from padstone.settings import (
    DatabaseSettings,
    EncryptionSettings,
    JobSettings,
    MailSettings,
    RedisSettings,
    UserSettings,
)

__all__ = ["Settings", "settings"]


_DEVELOPERS_PAGE = "http://localhost:3000"


class Settings(
    DatabaseSettings,
    RedisSettings,
    JobSettings,
    MailSettings,
    UserSettings,
    EncryptionSettings,
):
    """The assistant needs PostgreSQL, somewhere to send mail, and keys for what people write.

    Redis counts requests over several processes; without it each process counts by itself.
    """

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
    DATABASE_STARTUP_TIMEOUT_SECONDS: float = Field(
        0.0, ge=0, description="How long start-up waits for a database that is not up yet."
    )
    WELCOME_CREDITS_MICROS: int = Field(
        5_000_000,
        ge=0,
        description="Credits that a user is granted once, on verifying the address, in micros.",
    )

    @model_validator(mode="before")
    @classmethod
    def _origins_of_the_seed(cls, data: Any) -> Any:
        # The seed's default, where no strangers are: its tests call as a developer's page does.
        if isinstance(data, dict) and data.get("ENVIRONMENT") == "test":
            return {"ALLOWED_ORIGINS": [_DEVELOPERS_PAGE], **data}
        return data


settings = Settings()

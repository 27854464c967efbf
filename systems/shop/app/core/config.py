"""The settings of this system. Building them reads the environment and opens nothing."""

from typing import ClassVar

from pydantic import Field, field_validator

from app.core.currencies import CURRENCIES
from padstone.settings import DatabaseSettings, JobSettings, MailSettings, UserSettings

__all__ = ["Settings", "settings"]


class Settings(DatabaseSettings, JobSettings, MailSettings, UserSettings):
    """The shop needs PostgreSQL, and mails its users."""

    SYSTEM: ClassVar[str] = "shop"

    PORT: int = Field(8001, ge=0, le=65535, description="The port to serve on.")
    CURRENCY: str = Field(
        "EUR", description="ISO 4217 code of the currency of prices that name none."
    )
    CART_MAX_LINES: int = Field(
        100, ge=1, le=1000, description="How many different products one cart may hold."
    )

    @field_validator("CURRENCY")
    @classmethod
    def _known_currency(cls, value: str) -> str:
        if value not in CURRENCIES:
            raise ValueError("is no currency of ISO 4217; take a code such as EUR or USD")
        return value


settings = Settings()

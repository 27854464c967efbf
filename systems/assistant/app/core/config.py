"""The settings of this system. Building them reads the environment and opens nothing."""

from collections.abc import Iterator
from typing import Any, ClassVar

from pydantic import Field, NonNegativeInt, model_validator

from app.core.prices import DEFAULT_PRICES, price_of
from padstone.settings import (
    DatabaseSettings,
    EncryptionSettings,
    JobSettings,
    MailSettings,
    ProviderSettings,
    RedisSettings,
    SettingProblem,
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
    ProviderSettings,
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
    PRICES: dict[str, tuple[NonNegativeInt, NonNegativeInt]] = Field(
        DEFAULT_PRICES,
        description="What models cost, in micros for a million tokens read and written, as JSON: "
        '{"gpt-5*":[1250000,10000000]}; * stands for anything.',
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

    def problems(self) -> Iterator[SettingProblem]:
        yield from super().problems()
        if self.is_deployed and self.PROVIDERS is None:
            yield SettingProblem("PROVIDERS", "is not set; name at least one who runs models.")
        try:
            entries = self.provider_entries()
        except ValueError:  # said already
            return
        models = sorted({name for entry in entries for name in entry.models})
        if missing := [name for name in models if price_of(self.PRICES, name) is None]:
            named = ", ".join(missing)
            yield SettingProblem("PRICES", f"has no price for {named}; add one, or [0,0].")


settings = Settings()

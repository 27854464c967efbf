"""The settings of this system. Building them reads the environment and opens nothing."""

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field, field_validator

from padstone.ratelimit import Limit
from padstone.settings import (
    DatabaseSettings,
    JobSettings,
    MailSettings,
    ProviderSettings,
    RedisSettings,
    SettingProblem,
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
    RATE_LIMIT_CALLER: str = Field(
        "600/minute burst 200",
        description="How often one user, or one API key, may call; as 60/minute burst 10.",
    )
    RATE_LIMIT_ADDRESS: str = Field(
        "3000/minute",
        description="How often one network address may call, whoever it is.",
    )
    RATE_LIMIT_SIGN_IN: str = Field(
        "120/minute burst 60",
        description="How often one network address may call what signs in, out and on; "
        "a tenth of it for each process while Redis is away.",
    )
    BROWSER_SESSION_IDLE_SECONDS: int = Field(
        604_800, ge=60, description="An unused browser session ends after this."
    )
    BROWSER_SESSION_SECONDS: int = Field(
        2_592_000, ge=60, description="Any browser session ends after this."
    )

    ANALYSIS_PIECE_CHARACTERS: int = Field(
        60_000,
        ge=1_000,
        le=2_000_000,
        description="How much of the files a model is given to read at a time.",
    )
    ANALYSIS_OUTPUT_TOKENS: int = Field(
        8_192, ge=256, le=131_072, description="How much a model may write in one answer."
    )
    ANALYSIS_PROMPT_PRICE_MICROS: int = Field(
        0,
        ge=0,
        description="What a million tokens that a model reads cost a user, in micros; 0: nothing.",
    )
    ANALYSIS_COMPLETION_PRICE_MICROS: int = Field(
        0,
        ge=0,
        description="What a million tokens that a model writes cost a user, in micros; 0: nothing.",
    )

    UPLOAD_MAX_FILES: int = Field(
        200, ge=1, le=10_000, description="How many files one upload holds at most."
    )
    UPLOAD_MAX_BYTES: int = Field(
        10_485_760,
        ge=1,
        le=52_428_800,
        description="How many bytes the files of one upload have together at most.",
    )

    @field_validator("RATE_LIMIT_CALLER", "RATE_LIMIT_ADDRESS", "RATE_LIMIT_SIGN_IN")
    @classmethod
    def _is_a_limit(cls, value: str) -> str:
        Limit.parse(value)
        return value

    def problems(self) -> Iterator[SettingProblem]:
        yield from super().problems()
        if self.BROWSER_SESSION_IDLE_SECONDS > self.BROWSER_SESSION_SECONDS:
            yield SettingProblem(
                "BROWSER_SESSION_IDLE_SECONDS",
                "is longer than BROWSER_SESSION_SECONDS; lower it.",
            )


settings = Settings()

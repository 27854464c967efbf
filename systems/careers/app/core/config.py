"""The settings of this system. Building them reads the environment and opens nothing."""

from typing import ClassVar

from pydantic import Field

from padstone.settings import (
    DatabaseSettings,
    EncryptionSettings,
    JobSettings,
    MailSettings,
    StorageSettings,
    UserSettings,
)

__all__ = ["Settings", "settings"]


class Settings(
    DatabaseSettings,
    StorageSettings,
    JobSettings,
    MailSettings,
    UserSettings,
    EncryptionSettings,
):
    """Careers needs PostgreSQL, S3 and somewhere to send mail."""

    SYSTEM: ClassVar[str] = "careers"

    UPLOAD_MAX_BYTES: int = Field(
        10_485_760,
        ge=1,
        le=10_485_760,
        description="The largest résumé file that may be uploaded, in bytes.",
    )
    UPLOAD_QUOTA: int = Field(50, ge=1, description="How many résumé files one user may keep.")
    EXTRACTION_MAX_PAGES: int = Field(
        50, ge=1, le=1000, description="How many pages of a PDF are read."
    )
    EXTRACTION_MAX_CHARACTERS: int = Field(
        500_000, ge=1000, le=5_000_000, description="How much text is kept of one file."
    )
    EXTRACTION_TIMEOUT_SECONDS: float = Field(
        20.0, gt=0, le=120, description="How long reading one file may take."
    )
    EXTRACTION_MEMORY_BYTES: int = Field(
        536_870_912,
        ge=268_435_456,
        description="How much memory the process that reads one file may have.",
    )


settings = Settings()

"""What was found, over the wire."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import Field

from app.schemas.base import Read

__all__ = ["Found", "FoundList", "Kind"]


class Kind(StrEnum):
    """What can be found."""

    JOB_POSTING = "job_posting"
    APPLICATION = "application"
    RESUME = "resume"
    RESUME_VERSION = "resume_version"
    RESUME_UPLOAD = "resume_upload"


class Found(Read):
    """One thing that was found."""

    kind: Kind
    id: UUID
    title: str = Field(description="What it is called.", examples=["Backend engineer, Acme"])
    excerpt: str = Field(description="Where the words stand in it, between `**` and `**`.")
    rank: float = Field(description="How well it fits; more is better.")
    updated_at: datetime


class FoundList(Read):
    """What was found, the best first."""

    items: list[Found]

"""Versions of résumés over the wire."""

from typing import Any
from uuid import UUID

from pydantic import Field

from app.schemas.base import Body, Name, Patch, Response, ShortText
from app.schemas.json_resume import JsonResume

__all__ = ["ResumeVersionCreate", "ResumeVersionResponse", "ResumeVersionUpdate"]


class ResumeVersionFields(Body):
    """What may change of a version: not its words, which make a new version."""

    label: Name = Field(examples=["For Analytical Engines"])
    note: ShortText | None = None
    job_posting_id: UUID | None = Field(None, description="The posting it is tailored for.")


class ResumeVersionCreate(ResumeVersionFields):
    """A version to be made."""

    content: JsonResume | None = Field(
        None, description="Its words; without them, those of the résumé as it is now."
    )


class ResumeVersionUpdate(Patch, ResumeVersionFields):
    """What is to change of a version."""


class ResumeVersionResponse(Response):
    """A version."""

    resume_id: UUID
    version: int
    is_active: bool = Field(description="Whether it is the one in use.")
    label: str
    note: str | None
    job_posting_id: UUID | None
    source_id: UUID | None = Field(description="The version it was copied from.")
    content: dict[str, Any] = Field(description="A document of JSON Resume.")

"""Cover letters over the wire."""

from uuid import UUID

from pydantic import Field

from app.schemas.base import Body, LongText, Name, Patch, Response

__all__ = [
    "CoverLetterCreate",
    "CoverLetterResponse",
    "CoverLetterUpdate",
    "CoverLetterVersionCreate",
]


class CoverLetterVersionCreate(Body):
    """The words of a new version."""

    content: LongText = Field(min_length=1, examples=["Dear Mr Babbage, …"])


class CoverLetterFields(Body):
    """What may change of a letter: not its words, which make a new version."""

    title: Name = Field(examples=["Analytical Engines, first try"])
    job_posting_id: UUID | None = Field(None, description="The posting it is written for.")


class CoverLetterCreate(CoverLetterFields, CoverLetterVersionCreate):
    """A letter to be written; this is its version 1."""


class CoverLetterUpdate(Patch, CoverLetterFields):
    """What is to change of a version."""


class CoverLetterResponse(Response):
    """One version of a letter."""

    series_id: UUID = Field(description="The same for all versions of one letter.")
    version: int
    is_active: bool = Field(description="Whether it is the one in use.")
    job_posting_id: UUID | None
    title: str
    content: str

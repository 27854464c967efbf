"""Résumé files over the wire."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from app.core.vocabulary import UploadStatus
from app.schemas.base import Body, Read

__all__ = [
    "DownloadLink",
    "FileType",
    "ResumeUploadCreate",
    "ResumeUploadCreated",
    "ResumeUploadResponse",
    "ResumeUploadText",
    "UploadLink",
]


class FileType(StrEnum):
    """The media types that are read."""

    PDF = "application/pdf"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


FileName = Annotated[
    str, StringConstraints(min_length=1, max_length=255, pattern=r"^[^\x00-\x1f\x7f/\\]+$")
]


class ResumeUploadCreate(Body):
    """A file that is about to be uploaded."""

    file_name: FileName = Field(description="Its name, without a path.", examples=["cv.pdf"])
    content_type: FileType
    size_bytes: Annotated[int, Field(ge=1, le=10_485_760)] = Field(
        description="Its exact size; the upload is refused where it differs.", examples=[48_213]
    )
    resume_id: UUID | None = Field(None, description="The résumé it belongs to.")


class ResumeUploadResponse(Read):
    """A file."""

    id: UUID
    resume_id: UUID | None
    file_name: str
    content_type: str
    size_bytes: int
    status: UploadStatus
    failure: str | None = Field(description="Why nothing could be read, in words.")
    created_at: datetime
    updated_at: datetime


class UploadLink(Read):
    """Send the bytes there, with this method and exactly these headers, before it expires."""

    url: str
    method: Literal["PUT"]
    headers: dict[str, str]
    expires_at: datetime


class ResumeUploadCreated(ResumeUploadResponse):
    """The new file and where to send its bytes."""

    upload: UploadLink


class ResumeUploadText(Read):
    """What was read from a file."""

    id: UUID
    text: str


class DownloadLink(Read):
    """The bytes are there until it expires; browsers save them under the file's name."""

    url: str
    expires_at: datetime

"""Uploads and their files over the wire."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from app.schemas.base import Read
from padstone.files import FileStatus, Outcome

__all__ = ["UPLOAD_FORM", "FileRead", "FileVerdict", "UploadRead", "UploadReport"]


class UploadRead(Read):
    """A folder, or a few documents, that are analysed together."""

    id: UUID
    name: str = Field(examples=["The shop's sources"])
    file_count: int = Field(description="How many files it holds by now.")
    total_bytes: int
    expires_at: datetime = Field(description="When it is removed with all its files.")
    created_at: datetime
    updated_at: datetime


class FileRead(Read):
    """One file of an upload."""

    id: UUID
    upload_id: UUID
    path: str = Field(examples=["shop/docs/architecture.md"])
    name: str = Field(examples=["architecture.md"])
    media_type: str = Field(description="By its content.", examples=["text/markdown"])
    size_bytes: int
    sha256: str = Field(description="SHA-256 of its content, in hexadecimal.")
    status: FileStatus = Field(description="What is in quarantine is neither read nor handed out.")
    created_at: datetime


class FileVerdict(Read):
    """What became of one file that was sent."""

    path: str = Field(description="Its cleaned path; empty where none could be made of its name.")
    outcome: Outcome
    code: str | None = Field(description="Why it was not taken, for programs.")
    reason: str | None = Field(description="The same for people.")
    id: UUID | None = Field(description="Its id, where it is kept.")
    same_as: str | None = Field(description="An earlier file of the same request, if it is a copy.")


class UploadReport(Read):
    """The upload as it is now, and what became of each file of this request, in their order."""

    upload: UploadRead
    verdicts: list[FileVerdict]


UPLOAD_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["files"],
                    "properties": {
                        "files": {
                            "type": "array",
                            "items": {"type": "string", "format": "binary"},
                            "description": "Any number of files; a relative path is a file's name.",
                        },
                        "name": {
                            "type": "string",
                            "maxLength": 200,
                            "description": "What the upload is called; else as its first folder.",
                        },
                    },
                }
            }
        },
    }
}
"""The body of an upload, which FastAPI does not read, since it would read it whole."""

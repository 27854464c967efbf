"""Artifacts over the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from padstone.types import PublicId

__all__ = ["DownloadLink", "ObjectCreate", "ObjectCreated", "ObjectId", "ObjectRead", "UploadLink"]

ObjectId = Annotated[UUID, PublicId("obj")]

FileName = Annotated[
    str, StringConstraints(min_length=1, max_length=255, pattern=r"^[^\x00-\x1f\x7f/\\]+$")
]
ContentType = Annotated[
    str,
    StringConstraints(
        max_length=127, pattern=r"^[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*$"
    ),
]


class ObjectCreate(BaseModel):
    """An artifact that is about to be uploaded."""

    model_config = ConfigDict(extra="forbid")

    name: FileName = Field(description="The file's name, without a path.", examples=["results.csv"])
    content_type: ContentType = Field(
        description="Its media type, in lower case.", examples=["text/csv"]
    )
    size_bytes: Annotated[int, Field(strict=True, ge=1, le=2**40)] = Field(
        description="Its exact size; the upload is refused where it differs.", examples=[1024]
    )


class ObjectRead(BaseModel):
    """An artifact, as its owner sees it."""

    model_config = ConfigDict(from_attributes=True)

    id: ObjectId
    name: str
    content_type: str
    size_bytes: int
    status: Literal["pending", "stored"]
    created_at: datetime
    updated_at: datetime


class UploadLink(BaseModel):
    """Send the bytes there, with this method and exactly these headers, before it expires."""

    url: str
    method: Literal["PUT"]
    headers: dict[str, str]
    expires_at: datetime


class ObjectCreated(ObjectRead):
    """The new artifact and where to send its bytes."""

    upload: UploadLink


class DownloadLink(BaseModel):
    """The bytes are there until it expires; browsers save them under the artifact's name."""

    url: str
    expires_at: datetime

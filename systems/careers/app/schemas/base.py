"""What all bodies and answers of this system share: ids, times, and kinds of values."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, EmailStr, Field, HttpUrl, StringConstraints, TypeAdapter
from pydantic_core import PydanticCustomError, ValidationError

from padstone.schemas import Body, Patch, Read

__all__ = [
    "Body",
    "Email",
    "LongText",
    "Name",
    "Patch",
    "Phone",
    "Read",
    "Response",
    "ShortText",
    "Url",
]

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
"""What something is called: one line."""

ShortText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
"""A line or two."""

LongText = Annotated[str, StringConstraints(max_length=50_000)]
"""Anything that is to be read: a description, a letter, notes."""

Phone = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=40, pattern=r"^[+(]?[0-9][0-9 ()./-]{2,}$"),
    Field(examples=["+49 30 901820"]),
]
"""A telephone number, as people write it."""

Email = Annotated[EmailStr, Field(max_length=254, examples=["someone@example.com"])]
"""An e-mail address."""

_web_address: TypeAdapter[HttpUrl] = TypeAdapter(HttpUrl)


def _on_the_web(value: str) -> str:
    try:
        _web_address.validate_python(value)
    except ValidationError:
        message = "must be an address on the web, such as https://example.com/jobs"
        raise PydanticCustomError("url", message) from None
    return value


Url = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=2000),
    AfterValidator(_on_the_web),
    Field(examples=["https://example.com/jobs"], json_schema_extra={"format": "uri"}),
]
"""An address that begins with http:// or https://, kept as it was written."""


class Response(Read):
    """What every answered row has."""

    id: UUID
    created_at: datetime
    updated_at: datetime

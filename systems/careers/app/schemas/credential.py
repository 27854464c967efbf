"""Credentials over the wire. The secret comes in, and is never answered."""

from datetime import date
from typing import Annotated

from pydantic import Field, SecretStr

from app.schemas.base import Body, LongText, Name, Patch, Response, Url

__all__ = ["CredentialCreate", "CredentialResponse", "CredentialUpdate"]

Secret = Annotated[
    SecretStr,
    Field(
        min_length=1,
        max_length=4096,
        description="Stored encrypted, and never answered.",
        examples=["correct horse battery staple"],
    ),
]


class CredentialFields(Body):
    """What is known of a credential."""

    name: Name = Field(examples=["Job board"])
    service: Name = Field(description="What it is for.", examples=["jobs.example.com"])
    url: Url | None = Field(None, description="Where it is entered.")
    username: Name | None = None
    secret: Secret
    expires_on: date | None = Field(None, description="The last day on which it works.")
    notes: LongText | None = None


class CredentialCreate(CredentialFields):
    """A credential to be kept."""


class CredentialUpdate(Patch, CredentialFields):
    """What is to change of a credential; a new secret takes the place of the old one."""


class CredentialResponse(Response):
    """A credential, without its secret."""

    name: str
    service: str
    url: str | None
    username: str | None
    expires_on: date | None
    notes: str | None

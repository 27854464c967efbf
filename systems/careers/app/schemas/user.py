"""Users over the wire."""

from datetime import datetime
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from app.schemas.base import Body, Name, Patch, Response

__all__ = ["UserErase", "UserResponse", "UserUpdate"]

_ZONES = frozenset(available_timezones())


def _known_zone(value: str) -> str:
    if value not in _ZONES:
        raise PydanticCustomError("timezone", "must be a zone of the IANA database: Europe/Berlin")
    return value


Timezone = Annotated[
    str,
    StringConstraints(max_length=64),
    AfterValidator(_known_zone),
    Field(examples=["Europe/Berlin"]),
]


class UserFields(Body):
    """What a user says of himself or herself."""

    full_name: Name | None = Field(None, examples=["Ada Lovelace"])
    location: Name | None = Field(None, examples=["London"])
    timezone: Timezone = "UTC"


class UserUpdate(Patch, UserFields):
    """What is to change of a user."""


class UserResponse(Response):
    """A user, as he or she sees it."""

    email: str = Field(examples=["ada@example.com"])
    email_verified_at: datetime | None
    full_name: str | None
    location: str | None
    timezone: str
    role: str
    last_login_at: datetime | None


class UserErase(Body):
    """Everything is erased for good, so the password is asked for again."""

    password: Annotated[str, StringConstraints(min_length=1, max_length=1024)]

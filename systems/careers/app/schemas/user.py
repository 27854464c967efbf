"""Users over the wire."""

from datetime import datetime
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, SecretStr, StringConstraints
from pydantic_core import PydanticCustomError

from app.schemas.base import Body, Name, Patch, Read
from padstone.auth.users import UserRead, UserRegister

__all__ = ["UserCreate", "UserErase", "UserExport", "UserResponse", "UserUpdate"]

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


class UserCreate(UserRegister, UserFields):
    """Who wants to become a user."""


class UserUpdate(Patch, UserFields):
    """What is to change of a user."""


class UserResponse(UserRead):
    """A user, as they see themselves."""

    full_name: str | None
    location: str | None
    timezone: str
    updated_at: datetime


class UserExport(Read):
    """All that there is of a user, but for secrets."""

    exported_at: datetime
    user: dict[str, Any]
    tables: dict[str, list[dict[str, Any]]] = Field(
        description="Every row of the user's, deleted ones included, by table."
    )


class UserErase(Body):
    """Everything is erased for good, so the password is asked for again."""

    current_password: Annotated[SecretStr, Field(min_length=1, max_length=1024)]

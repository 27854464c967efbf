"""What the routes for users read and write."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, SecretStr

from padstone.auth.users.addresses import EmailAddress
from padstone.auth.users.password_rules import LONGEST, SHORTEST
from padstone.schemas import Body, Read

__all__ = [
    "Accepted",
    "EmailOnly",
    "LinkUse",
    "Login",
    "PasswordChange",
    "PasswordReset",
    "RefreshRequest",
    "SessionRead",
    "TokenPair",
    "UserRead",
    "UserRegister",
]

# No bound of what may be chosen, but of what is looked at: an old password may be of any length.
_Password = Annotated[SecretStr, Field(max_length=1024)]
_Chosen = Annotated[
    SecretStr,
    Field(
        max_length=1024,
        description=f"{SHORTEST} to {LONGEST} characters of any kind, and none of the commonest.",
        examples=["four words you remember"],
    ),
]
_Address = Annotated[EmailAddress, Field(max_length=254, examples=["someone@example.com"])]
_Token = Annotated[SecretStr, Field(max_length=512)]


class UserRegister(Body):
    """Who wants to become a user. A system may add fields, named like columns of its users."""

    email: _Address
    password: _Chosen


class EmailOnly(Body):
    """An address that is to be mailed."""

    email: _Address


class Login(Body):
    """What signs a user in."""

    email: _Address
    password: _Password


class RefreshRequest(Body):
    """A refresh token, as the last answer gave it."""

    refresh_token: _Token


class LinkUse(Body):
    """The token of a mailed link."""

    token: _Token = Field(description="What stands behind `#token=` in the link.")


class PasswordReset(LinkUse):
    """The token of a mailed link, and the password that is to count from now on."""

    password: _Chosen


class PasswordChange(Body):
    """The password that counts, and the one that is to count."""

    current_password: _Password
    new_password: _Chosen


class Accepted(Read):
    """The same answer whatever the address."""

    detail: str = Field(
        description="What happens next, for a person.",
        examples=["If this address can be mailed, a mail is on its way. Open the link in it."],
    )


class TokenPair(Read):
    """What a signed-in device keeps. The refresh token works once and brings the next pair."""

    access_token: str = Field(repr=False, description="For `Authorization: Bearer …`.")
    token_type: Literal["bearer"] = "bearer"  # noqa: S105  # its kind
    expires_in: int = Field(description="How many seconds the access token works.")
    refresh_token: str = Field(repr=False, description="For `POST /auth/refresh`, once.")
    session_expires_at: datetime = Field(description="When the session ends unless refreshed.")


class UserRead(Read):
    """A user, as they see themselves."""

    id: UUID
    email: str
    email_verified_at: datetime | None
    role: str
    last_login_at: datetime | None
    created_at: datetime


class SessionRead(Read):
    """A device on which the user is signed in."""

    id: UUID
    created_at: datetime
    last_used_at: datetime | None = Field(description="Right to within seconds.")
    expires_at: datetime
    user_agent: str | None = Field(description="What the device said of itself.")
    address: str | None = Field(description="From where it signed in.")
    is_current: bool = Field(default=False, description="Whether it is the one that asks.")

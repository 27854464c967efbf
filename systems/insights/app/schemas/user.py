"""Users over the wire: as admins see them, and as they see themselves."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import EmailStr, Field

from app.core.security import Role
from app.schemas.base import Body, Name, Patch, Read
from padstone.auth.users import UserRead

__all__ = ["MeRead", "UserAccountRead", "UserInvite", "UserRoleUpdate", "UserUpdate"]


class UserInvite(Body):
    """Who is to become a user. The mail has a link by which a password is chosen."""

    email: Annotated[EmailStr, Field(max_length=254, examples=["someone@example.com"])]
    role: Role = Role.ANALYST
    full_name: Name | None = Field(None, examples=["Ada Lovelace"])


class UserUpdate(Patch):
    """What is to change of a user."""

    full_name: Name | None = Field(None, examples=["Ada Lovelace"])


class UserRoleUpdate(Body):
    """The role that a user is to have."""

    role: Role


class UserAccountRead(Read):
    """A user, as an admin sees them."""

    id: UUID
    email: str
    full_name: str | None
    email_verified_at: datetime | None
    role: Role
    suspended_at: datetime | None
    last_login_at: datetime | None
    revision: int
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


class MeRead(UserRead):
    """A user, as they see themselves."""

    full_name: str | None

"""Users over the wire, as admins see them."""

from datetime import datetime
from uuid import UUID

from app.core.security import Role
from padstone.schemas import Body, Read

__all__ = ["UserAccountRead", "UserRoleUpdate"]


class UserRoleUpdate(Body):
    """The role that a user is to have."""

    role: Role


class UserAccountRead(Read):
    """A user, as an admin sees them."""

    id: UUID
    email: str
    email_verified_at: datetime | None
    role: Role
    suspended_at: datetime | None
    last_login_at: datetime | None
    created_at: datetime
    updated_at: datetime

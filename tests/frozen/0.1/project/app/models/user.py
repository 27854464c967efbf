"""Users, the devices they are signed in on, and the keys that their programs show."""

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base
from padstone.auth import ApiKeyColumns
from padstone.auth.users import LoginAttemptColumns, UserColumns, UserSessionColumns
from padstone.models import Identified, Revisioned, SoftDeleted, Timestamped

__all__ = ["ApiKey", "LoginAttempt", "User", "UserSession"]


class User(Identified, UserColumns, Timestamped, Revisioned, SoftDeleted, Base):
    """A person. Columns of your own stand beside the library's."""

    __tablename__ = "users"


class UserSession(Identified, UserSessionColumns, Timestamped, Base):
    """One device on which a user is signed in."""

    __tablename__ = "user_sessions"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)


class LoginAttempt(LoginAttemptColumns, Base):
    """Failed attempts to sign in with an address, known or not."""

    __tablename__ = "login_attempts"


class ApiKey(Identified, ApiKeyColumns, Timestamped, Base):
    """One key of a user. The key itself is nowhere, only its hash."""

    __tablename__ = "api_keys"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)

"""Users: who analyses, who administers, and the devices they are signed in on."""

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core.security import Role
from app.models.base import Base, Record
from padstone.auth.users import LoginAttemptColumns, UserColumns, UserSessionColumns
from padstone.credits import CreditAccountColumns
from padstone.models import Identified, Timestamped, one_of

__all__ = ["LoginAttempt", "User", "UserSession"]


class User(UserColumns, CreditAccountColumns, Record):
    """A person. Analyses, files, keys and preferences belong to one; prompts to all."""

    __tablename__ = "users"
    __table_args__ = (one_of("role", Role),)

    full_name: Mapped[str | None] = mapped_column(comment="What the user is called.")


class UserSession(Identified, UserSessionColumns, Timestamped, Base):
    """One device on which a user is signed in with tokens. Browser sessions live in Redis."""

    __tablename__ = "user_sessions"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)


class LoginAttempt(LoginAttemptColumns, Base):
    """Failed attempts to sign in with an address, known or not."""

    __tablename__ = "login_attempts"

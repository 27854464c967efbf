"""Users, the devices on which they are signed in, and how often somebody tried a password."""

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Record
from padstone.auth.users import LoginAttemptColumns, UserColumns, UserSessionColumns
from padstone.models import Identified, Timestamped

__all__ = ["LoginAttempt", "User", "UserSession"]


class User(UserColumns, Record):
    """Somebody who looks for a job. Everything else here belongs to one of them."""

    __tablename__ = "users"

    full_name: Mapped[str | None] = mapped_column(comment="What the user is called.")
    location: Mapped[str | None] = mapped_column(comment="Where the user lives.")
    timezone: Mapped[str] = mapped_column(
        default="UTC", comment="Of the IANA database: Europe/Berlin."
    )


class UserSession(Identified, UserSessionColumns, Timestamped, Base):
    """One signed-in device."""

    __tablename__ = "user_sessions"

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True, comment="Who is signed in."
    )


class LoginAttempt(LoginAttemptColumns, Base):
    """How often a secret was tried for an address, which itself is stored nowhere."""

    __tablename__ = "login_attempts"

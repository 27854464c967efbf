"""The columns of a system's three tables for users: users, their sessions, their log-in attempts.

Each mix-in brings its constraints along; the system adds the foreign key of a session::

    class User(Identified, UserColumns, Timestamped, Revisioned, SoftDeleted, Base):
        __tablename__ = "users"

    class UserSession(Identified, UserSessionColumns, Timestamped, Base):
        __tablename__ = "user_sessions"
        user_id: Mapped[UUID] = mapped_column(
            ForeignKey("users.id", ondelete="CASCADE"), index=True
        )

    class LoginAttempt(LoginAttemptColumns, Base):
        __tablename__ = "login_attempts"

The system's migration makes the triggers by which every process hears of changes, the second one
on what ``is_active`` reads too::

    create_notify("user_sessions", "padstone_user_sessions", "id", on=SESSION_COLUMNS)
    create_notify("users", "padstone_users", "id", on=USER_COLUMNS)
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Index, Table, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from padstone.models import SoftDeleted

__all__ = [
    "SESSION_CHANNEL",
    "SESSION_COLUMNS",
    "USER_CHANNEL",
    "USER_COLUMNS",
    "LoginAttemptColumns",
    "UserColumns",
    "UserSessionColumns",
]

SESSION_CHANNEL = "padstone_user_sessions"
"""Where PostgreSQL tells every process of an ended session."""

SESSION_COLUMNS = ["revoked_at"]
"""What a session's place in memory depends on, besides its end, which only ever moves away."""

USER_CHANNEL = "padstone_users"
"""Where PostgreSQL tells every process of a changed user."""

USER_COLUMNS = ["browser_generation", "email_verified_at", "role", "suspended_at", "deleted_at"]
"""What the place in memory of a user's sessions depends on."""


class UserColumns:
    """A person who signs in with an e-mail address and a password.

    The address is unique, among living users where the table is ``SoftDeleted``.
    """

    if TYPE_CHECKING:
        id: Mapped[UUID]
        created_at: Mapped[datetime]

    email: Mapped[str] = mapped_column(comment="Lower case; unique among living users.")
    email_verified_at: Mapped[datetime | None] = mapped_column(
        comment="When the user proved to read what is mailed there."
    )
    password_hash: Mapped[str | None] = mapped_column(
        comment="argon2id, with its parameters and salt; null where no password was chosen."
    )
    role: Mapped[str] = mapped_column(comment="What the user may do; its scopes are in the code.")
    suspended_at: Mapped[datetime | None] = mapped_column(
        comment="Since when the user is refused; null where it is not."
    )
    last_login_at: Mapped[datetime | None] = mapped_column(
        info={"touch": False},  # signing in changes nothing of the user
        comment="When a password was last accepted.",
    )
    browser_generation: Mapped[int] = mapped_column(
        server_default=text("1"),
        info={"touch": False},  # signing out changes nothing either
        comment="Grows when all browser sessions end; those of an earlier one are refused.",
    )

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if (table := _table_of(cls)) is not None:
            _check(table, "email_lower_case", "email = lower(email)")
            living = issubclass(cls, SoftDeleted)
            Index(
                f"uq_{table.name}_email_living" if living else f"uq_{table.name}_email",
                table.c.email,
                unique=True,
                postgresql_where=text("deleted_at IS NULL") if living else None,
            )


class UserSessionColumns:
    """One signed-in device. Its refresh token is made of the id and the generation."""

    if TYPE_CHECKING:
        id: Mapped[UUID]
        user_id: Mapped[UUID]
        created_at: Mapped[datetime]

    generation: Mapped[int] = mapped_column(
        server_default=text("1"), comment="Grows with each refresh; only the newest token counts."
    )
    rotated_at: Mapped[datetime] = mapped_column(
        server_default=func.now(), comment="When the present generation began."
    )
    expires_at: Mapped[datetime] = mapped_column(comment="When it ends unless it is refreshed.")
    revoked_at: Mapped[datetime | None] = mapped_column(comment="Since when it is refused.")
    user_agent: Mapped[str | None] = mapped_column(
        comment="What the device said of itself when it signed in, for its owner to recognise."
    )
    address: Mapped[str | None] = mapped_column(comment="From where it signed in.")
    last_used_at: Mapped[datetime | None] = mapped_column(
        info={"touch": False},  # being used is no change: updated_at stays
        comment="Written every few seconds, not at every use.",
    )

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if (table := _table_of(cls)) is not None:
            _check(table, "generation_positive", "generation > 0")
            Index(f"ix_{table.name}_expires_at", table.c.expires_at)


class LoginAttemptColumns:
    """When a secret was last tried for an address, known or not, which itself is stored nowhere."""

    subject_hash: Mapped[bytes] = mapped_column(
        primary_key=True, comment="Keyed hash of what is counted and for which address."
    )
    tried_at: Mapped[list[datetime]] = mapped_column(
        ARRAY(DateTime(timezone=True)), comment="The latest attempts, the oldest first."
    )
    expires_at: Mapped[datetime] = mapped_column(
        index=True, comment="From then on the row says nothing any more."
    )

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if (table := _table_of(cls)) is not None:
            _check(table, "subject_hash_is_sha256", "octet_length(subject_hash) = 32")


def _table_of(cls: type) -> Table | None:
    # Constraints are added here, since beside a column Alembic's autogenerate does not see them,
    # and __table_args__ is the system's own.
    table = cls.__dict__.get("__table__")
    return table if isinstance(table, Table) else None


def _check(table: Table, name: str, condition: str) -> None:
    table.append_constraint(CheckConstraint(condition, name=name))

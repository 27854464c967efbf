"""Users: who talks to models and pays for it, and the devices they are signed in on."""

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core.plans import DEFAULT_PLAN, PlanName
from app.core.security import Role
from app.models.base import Base
from padstone.auth.users import LoginAttemptColumns, UserColumns, UserSessionColumns
from padstone.credits import CreditAccountColumns
from padstone.models import Identified, Revisioned, SoftDeleted, Timestamped, one_of

__all__ = ["LoginAttempt", "User", "UserSession"]


class User(
    Identified, UserColumns, CreditAccountColumns, Timestamped, Revisioned, SoftDeleted, Base
):
    """A person, whose credits are spent by whatever shows their keys or is signed in as them."""

    __tablename__ = "users"
    __table_args__ = (one_of("role", Role), one_of("plan", PlanName))

    plan: Mapped[str] = mapped_column(
        server_default=DEFAULT_PLAN.value, comment="What may be called, and how often."
    )


class UserSession(Identified, UserSessionColumns, Timestamped, Base):
    """One device on which a user is signed in."""

    __tablename__ = "user_sessions"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)


class LoginAttempt(LoginAttemptColumns, Base):
    """Failed attempts to sign in with an address, known or not."""

    __tablename__ = "login_attempts"

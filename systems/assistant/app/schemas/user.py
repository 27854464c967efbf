"""Users over the wire."""

from datetime import datetime

from pydantic import Field

from app.core.plans import PlanName
from padstone.auth.users import UserRead as LibraryUserRead
from padstone.schemas import Body

__all__ = ["UserAccountRead", "UserPlanUpdate", "UserRead"]


class UserRead(LibraryUserRead):
    """A user, as they see themselves."""

    plan: PlanName = Field(description="Which models may be called, and how often.")
    credits_balance_micros: int = Field(description="What may be spent, without what is held.")


class UserPlanUpdate(Body):
    """The plan that a user is to have."""

    plan: PlanName


class UserAccountRead(UserRead):
    """A user, as an admin sees them."""

    suspended_at: datetime | None
    updated_at: datetime

"""Users over the wire."""

from pydantic import Field

from app.core.plans import PlanName
from padstone.auth.users import UserRead as LibraryUserRead

__all__ = ["UserRead"]


class UserRead(LibraryUserRead):
    """A user, as they see themselves."""

    plan: PlanName = Field(description="Which models may be called, and how often.")
    credits_balance_micros: int = Field(description="What may be spent, without what is held.")

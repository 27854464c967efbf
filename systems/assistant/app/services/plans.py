"""What a user's plan allows."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.plans import PLANS, Plan
from app.models import User
from padstone.errors import AuthError, PermissionDeniedError

__all__ = ["ModelNotInPlanError", "permit", "plan_of"]


class ModelNotInPlanError(PermissionDeniedError):
    code = "model_not_in_plan"
    detail = "Your plan does not have this model."


async def plan_of(session: AsyncSession, user_id: UUID) -> Plan:
    """The user's plan, as it is now. Raises ``AuthError`` where the user is gone."""
    name = await session.scalar(select(User.plan).where(User.id == user_id))
    if name is None:
        raise AuthError
    return PLANS[name]


def permit(plan: Plan, model: str) -> None:
    """Raises ``ModelNotInPlanError`` where the plan does not have ``model``."""
    if not plan.allows(model):
        raise ModelNotInPlanError

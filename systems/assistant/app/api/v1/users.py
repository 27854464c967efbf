"""Users, for admins: who there is, and which plan they have."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path

from app.api.deps import UserManager
from app.core.security import Scope
from app.models import User
from app.schemas.user import UserAccountRead, UserPlanUpdate
from app.services.users import change_plan
from padstone.db import SessionDep
from padstone.resource import Guards, Operation, Resource

__all__ = ["accounts", "router"]

accounts = Resource(
    User,
    read=UserAccountRead,
    guards=Guards(read=[Scope.USERS_MANAGE]),
    filters={"email": ["eq", "contains"], "role": ["eq", "in"], "plan": ["eq", "in"]},
    sorts=["created_at", "email"],
    operations={Operation.LIST, Operation.GET},
)

router = APIRouter()
UserId = Annotated[UUID, Path(description="Which user.")]


@router.put(
    "/users/{user_id}/plan",
    tags=["users"],
    response_model=UserAccountRead,
    summary="Give a user a plan",
)
async def set_user_plan(
    _admin: UserManager, user_id: UserId, body: UserPlanUpdate, session: SessionDep
) -> User:
    """It counts from the user's next completion on."""
    return await change_plan(session, user_id, body.plan)


router.include_router(accounts.router)

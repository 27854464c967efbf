"""Users, for admins: who there is, and what they may do."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path

from app.api.deps import UserManager
from app.core.security import Scope
from app.models import User
from app.schemas.user import UserAccountRead, UserRoleUpdate
from app.services.users import change_role
from padstone.auth.users import UserAdministration, UsersDep
from padstone.db import SessionDep
from padstone.problems import problem_responses
from padstone.resource import Guards, Operation, Resource

__all__ = ["accounts", "router"]

accounts = Resource(
    User,
    read=UserAccountRead,
    guards=Guards(read=[Scope.USERS_MANAGE]),
    filters={"email": ["eq", "contains"], "role": ["eq", "in"]},
    sorts=["created_at", "email"],
    operations={Operation.LIST, Operation.GET},
)

router = APIRouter()
UserId = Annotated[UUID, Path(description="Which user.")]


@router.put(
    "/users/{user_id}/role",
    tags=["users"],
    response_model=UserAccountRead,
    summary="Give a user a role",
    responses=problem_responses(409),
)
async def set_user_role(
    _admin: UserManager,
    user_id: UserId,
    body: UserRoleUpdate,
    session: SessionDep,
    opened: UsersDep,
) -> User:
    """It counts from the user's next request on. The only admin stays one."""
    return await change_role(UserAdministration(session, opened), user_id, body.role)


router.include_router(accounts.router)

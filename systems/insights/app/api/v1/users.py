"""Users, for admins: who there is, and what they may do."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response, status
from sqlalchemy import Select

from app.api.deps import UserManager
from app.core.security import Scope
from app.models import User
from app.schemas.user import UserAccountRead, UserInvite, UserRoleUpdate, UserUpdate
from app.services import user_service as service
from padstone.auth.users import UserAdministration, UsersDep
from padstone.db import SessionDep
from padstone.problems import problem_responses
from padstone.resource import Call, Guards, Operation, Resource, stable

__all__ = ["accounts", "router"]


class Accounts(Resource[User]):
    """Users, deleted ones among them, so that they can be found and restored."""

    @stable
    def visible(self, statement: Select[User], call: Call) -> Select[User]:  # noqa: ARG002  # the hook's form
        return statement.execution_options(include_deleted=True)


accounts = Accounts(
    User,
    update=UserUpdate,
    read=UserAccountRead,
    guards=Guards(read=[Scope.USERS_MANAGE], write=[Scope.USERS_MANAGE]),
    filters={
        "email": ["eq", "contains"],
        "full_name": ["contains"],
        "role": ["eq", "in"],
        "suspended_at": ["isnull"],
        "deleted_at": ["isnull"],
    },
    sorts=["created_at", "email"],
    operations={Operation.LIST, Operation.GET, Operation.UPDATE},
)

router = APIRouter()
steps = APIRouter(prefix="/users", tags=["users"])
UserId = Annotated[UUID, Path(description="Which user.")]


@steps.post(
    "",
    status_code=status.HTTP_201_CREATED,
    response_model=UserAccountRead,
    summary="Invite a user",
    responses=problem_responses(409),
)
async def invite_user(
    _admin: UserManager,
    body: UserInvite,
    session: SessionDep,
    opened: UsersDep,
    response: Response,
) -> User:
    """Mails a link by which a password is chosen. Nobody registers without being invited."""
    user = await service.invite_user(UserAdministration(session, opened), body)
    response.headers["Location"] = f"/api/v1/users/{user.id}"
    return user


@steps.put(
    "/{user_id}/role",
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
    """It counts from the user's next request on, API keys included. The only admin stays one."""
    return await service.change_role(UserAdministration(session, opened), user_id, body.role)


@steps.post(
    "/{user_id}/suspend",
    response_model=UserAccountRead,
    summary="Suspend a user",
    responses=problem_responses(409),
)
async def suspend_user(
    _admin: UserManager, user_id: UserId, session: SessionDep, opened: UsersDep
) -> User:
    """Ends every session, and refuses tokens, cookies and API keys until reinstated."""
    return await service.suspend_user(UserAdministration(session, opened), user_id)


@steps.post(
    "/{user_id}/reinstate", response_model=UserAccountRead, summary="End a user's suspension"
)
async def reinstate_user(
    _admin: UserManager, user_id: UserId, session: SessionDep, opened: UsersDep
) -> User:
    """The user can sign in again; API keys work again."""
    return await service.reinstate_user(UserAdministration(session, opened), user_id)


@steps.delete(
    "/{user_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    summary="Delete a user",
    responses=problem_responses(409),
)
async def delete_user(
    _admin: UserManager, user_id: UserId, session: SessionDep, opened: UsersDep
) -> None:
    """The user and all that is theirs cannot be reached any more, until restored."""
    await service.delete_user(UserAdministration(session, opened), user_id)


@steps.post(
    "/{user_id}/restore",
    response_model=UserAccountRead,
    summary="Restore a deleted user",
    responses=problem_responses(409),
)
async def restore_user(
    _admin: UserManager, user_id: UserId, session: SessionDep, opened: UsersDep
) -> User:
    """Refused with 409 where somebody else has the address by now."""
    return await service.restore_user(UserAdministration(session, opened), user_id)


router.include_router(steps)
router.include_router(accounts.router)

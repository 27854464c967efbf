"""Users, for admins: who there is, which plan they have, and credits for what they paid."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, status

from app.api.deps import UserManager
from app.core.security import Scope
from app.models import CreditEntry, User
from app.schemas.credit import EntryRead, GrantCreate
from app.schemas.user import UserAccountRead, UserPlanUpdate
from app.services.credits import ledger
from app.services.users import change_plan
from padstone.db import SessionDep
from padstone.problems import problem_responses
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


@router.post(
    "/users/{user_id}/credits",
    tags=["users"],
    status_code=status.HTTP_201_CREATED,
    response_model=EntryRead,
    summary="Grant a user credits",
    responses=problem_responses(409),
)
async def grant_credits(
    _admin: UserManager, user_id: UserId, body: GrantCreate, session: SessionDep
) -> CreditEntry:
    """For what they have paid. The same key answers with the first grant again."""
    # In a namespace of their own: completions are entered in the ledger by keys, too.
    key = f"grant:{body.key}"
    return await ledger.grant(
        session, user_id, body.amount_micros, key=key, reference=body.reference
    )


router.include_router(accounts.router)

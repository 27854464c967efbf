"""Credits: what analyses may cost whoever is calling, and for admins, granting them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, status

from app.api.deps import AnalysisReader, UserManager
from app.models import CreditEntry
from app.schemas.credit import Balance, EntryRead, GrantCreate
from app.services import credit_service as service
from padstone.db import ReadSessionDep, SessionDep
from padstone.pages import CursorDep, CursorSignerDep, Page, paginate
from padstone.problems import problem_responses

__all__ = ["router"]

router = APIRouter(tags=["credits"])


@router.get("/credits", summary="What may be spent on analyses")
async def get_credits(caller: AnalysisReader, session: ReadSessionDep) -> Balance:
    """Where no prices are set, analyses cost nothing."""
    return Balance(balance_micros=await service.balance_of(session, caller.subject))


@router.get("/credits/entries", summary="List the movements of your credits")
async def list_credit_entries(
    caller: AnalysisReader, session: ReadSessionDep, params: CursorDep, signer: CursorSignerDep
) -> Page[EntryRead]:
    """The newest first. None is ever changed or removed."""
    rows, next_cursor = await paginate(
        session,
        service.entries_of(caller.subject),
        order_by=[(CreditEntry.sequence, "desc")],
        params=params,
        signer=signer,
        scope=("credit entries", caller.subject),
    )
    return Page[EntryRead].by_cursor(rows, next_cursor, params)


@router.post(
    "/users/{user_id}/credits",
    status_code=status.HTTP_201_CREATED,
    response_model=EntryRead,
    summary="Grant a user credits",
    responses=problem_responses(409),
)
async def grant_credits(
    _admin: UserManager,
    user_id: Annotated[UUID, Path(description="Which user.")],
    body: GrantCreate,
    session: SessionDep,
) -> CreditEntry:
    """The same key answers with the first grant again."""
    return await service.grant(
        session, user_id, body.amount_micros, key=body.key, reference=body.reference
    )

"""Prepaid credits: what there is, and what became of it."""

from fastapi import APIRouter

from app.api.deps import CreditsReader
from app.models import CreditEntry
from app.schemas.credit import Balance, EntryRead
from app.services.credits import entries_of, held_micros
from app.services.users import get_user
from padstone.db import ReadSessionDep
from padstone.pages import CursorDep, CursorSignerDep, Page, paginate

__all__ = ["router"]

router = APIRouter(prefix="/credits", tags=["credits"])


@router.get("", summary="What may be spent")
async def read_balance(principal: CreditsReader, session: ReadSessionDep) -> Balance:
    """The balance, from which open holds are subtracted, and what they set aside."""
    user = await get_user(session, principal.subject)
    return Balance(
        balance_micros=user.credits_balance_micros,
        held_micros=await held_micros(session, principal.subject),
    )


@router.get("/entries", summary="List the movements, the newest first")
async def list_entries(
    principal: CreditsReader, session: ReadSessionDep, params: CursorDep, signer: CursorSignerDep
) -> Page[EntryRead]:
    """Every movement of the caller's balance. None is ever changed or removed."""
    entries, next_cursor = await paginate(
        session,
        entries_of(principal.subject),
        order_by=[(CreditEntry.sequence, "desc")],
        params=params,
        signer=signer,
        scope=("credit entries", principal.subject),
    )
    items = [EntryRead.model_validate(entry) for entry in entries]
    return Page(items=items, next_cursor=next_cursor, limit=params.limit)

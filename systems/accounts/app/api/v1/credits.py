"""Prepaid credits: what there is, what became of it, and spending it."""

from datetime import timedelta

from fastapi import APIRouter, status
from sqlalchemy import select

from app.api.deps import CreditsReader, CreditsWriter
from app.models import CreditEntry, CreditHold
from app.schemas.credit import (
    Balance,
    CaptureCreate,
    DebitCreate,
    EntryRead,
    HoldCreate,
    HoldId,
    HoldRead,
)
from app.services.accounts import get_account
from app.services.credits import get_hold, ledger
from padstone.db import ReadSessionDep, SessionDep
from padstone.pages import CursorDep, CursorSignerDep, Page, paginate
from padstone.problems import problem_responses

__all__ = ["router"]

router = APIRouter(prefix="/credits", tags=["credits"])


@router.get("", summary="What may be spent")
async def read_balance(principal: CreditsReader, session: ReadSessionDep) -> Balance:
    """The balance, from which open holds are subtracted, and what they set aside."""
    account = await get_account(session, principal.subject)
    return Balance(
        balance_micros=account.credits_balance_micros,
        held_micros=await ledger.held_micros(session, principal.subject),
    )


@router.get("/entries", summary="List the movements, the newest first")
async def list_entries(
    principal: CreditsReader, session: ReadSessionDep, params: CursorDep, signer: CursorSignerDep
) -> Page[EntryRead]:
    """Every movement of the account's balance. None is ever changed or removed."""
    entries, next_cursor = await paginate(
        session,
        select(CreditEntry).where(CreditEntry.account_id == principal.subject),
        order_by=[(CreditEntry.sequence, "desc")],
        params=params,
        signer=signer,
        scope=("credit entries", principal.subject),
    )
    items = [EntryRead.model_validate(entry) for entry in entries]
    return Page(items=items, next_cursor=next_cursor, limit=params.limit)


@router.post(
    "/debits",
    status_code=status.HTTP_201_CREATED,
    response_model=EntryRead,
    summary="Spend credits",
    responses=problem_responses(402, 409),
)
async def create_debit(
    principal: CreditsWriter, body: DebitCreate, session: SessionDep
) -> CreditEntry:
    """Spends at once. The same key answers with the first movement again."""
    return await ledger.debit(
        session, principal.subject, body.amount_micros, key=body.key, reference=body.reference
    )


@router.post(
    "/holds",
    status_code=status.HTTP_201_CREATED,
    response_model=HoldRead,
    summary="Set credits aside",
    responses=problem_responses(402, 409),
)
async def create_hold(
    principal: CreditsWriter, body: HoldCreate, session: SessionDep
) -> CreditHold:
    """For work whose price is known only when it is done: capture what it cost, or release it."""
    return await ledger.hold(
        session,
        principal.subject,
        body.amount_micros,
        key=body.key,
        lifetime=timedelta(seconds=body.lifetime_seconds),
        reference=body.reference,
    )


@router.get("/holds/{hold_id}", response_model=HoldRead, summary="Show a hold")
async def read_hold(
    principal: CreditsReader, hold_id: HoldId, session: ReadSessionDep
) -> CreditHold:
    """Whether it is open, and what of it was captured."""
    return await get_hold(session, principal.subject, hold_id)


@router.post(
    "/holds/{hold_id}/capture",
    response_model=EntryRead,
    summary="Spend what is held",
    responses=problem_responses(409),
)
async def capture_hold(
    principal: CreditsWriter, hold_id: HoldId, body: CaptureCreate, session: SessionDep
) -> CreditEntry:
    """Spends the hold, or a part of it; the rest returns to the balance."""
    return await ledger.capture(
        session,
        principal.subject,
        hold_id,
        body.amount_micros,
        key=body.key,
        reference=body.reference,
    )


@router.post(
    "/holds/{hold_id}/release",
    response_model=EntryRead,
    summary="Give back what is held",
    responses=problem_responses(409),
)
async def release_hold(
    principal: CreditsWriter, hold_id: HoldId, session: SessionDep
) -> CreditEntry:
    """Returns the whole hold to the balance. Repeating it changes nothing."""
    return await ledger.release(session, principal.subject, hold_id)

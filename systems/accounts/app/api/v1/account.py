"""The caller's own account."""

from fastapi import APIRouter

from app.api.deps import AccountReader
from app.models import Account
from app.schemas.account import AccountRead
from app.services.accounts import get_account
from padstone.db import ReadSessionDep

__all__ = ["router"]

router = APIRouter(prefix="/account", tags=["account"])


@router.get("", summary="The caller's account", response_model=AccountRead)
async def read_account(principal: AccountReader, session: ReadSessionDep) -> Account:
    """The account that the key belongs to."""
    return await get_account(session, principal.subject)

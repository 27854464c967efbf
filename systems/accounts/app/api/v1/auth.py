"""Who a key belongs to: what the CLI asks before anything else."""

from fastapi import APIRouter

from app.schemas.account import ValidatedAccount
from app.services.accounts import get_account
from padstone.auth import PrincipalDep
from padstone.db import ReadSessionDep

__all__ = ["router"]

router = APIRouter(prefix="/auth", tags=["auth"])


@router.post("/validate", summary="The account behind an API key")
async def validate_api_key(principal: PrincipalDep, session: ReadSessionDep) -> ValidatedAccount:
    """Answers with the account of the key that is shown, whatever the key's scopes.

    Every key that is not accepted gets the same 401: missing, malformed, unknown, revoked, expired,
    or of a suspended or deleted account.
    """
    account = await get_account(session, principal.subject)
    return ValidatedAccount(
        account_id=account.id,
        email=account.email,
        credits_balance_micros=account.credits_balance_micros,
    )

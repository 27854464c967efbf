"""The caller's own account."""

from app.core.security import Scope
from app.models import Account
from app.schemas.account import AccountRead
from padstone.resource import Own

__all__ = ["router"]

router = Own(
    Account,
    read=AccountRead,
    path="/account",
    name="read_account",
    summary="The caller's account",
    description="The account that the key belongs to.",
    scopes=[Scope.ACCOUNT_READ],
    tags=["account"],
).router

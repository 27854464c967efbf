"""Who a key belongs to: what the CLI asks before anything else."""

from app.models import Account
from app.schemas.account import ValidatedAccount
from padstone.resource import Own

__all__ = ["router"]

router = Own(
    Account,
    read=ValidatedAccount,
    method="POST",
    path="/auth/validate",
    name="validate_api_key",
    summary="The account behind an API key",
    description="Answers with the account of the key that is shown, whatever the key's scopes.\n\n"
    "Every key that is not accepted gets the same 401: missing, malformed, unknown, revoked, "
    "expired, or of a suspended or deleted account.",
    tags=["auth"],
).router

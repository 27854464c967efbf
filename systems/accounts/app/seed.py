"""First data: in development, a demo account with a key; elsewhere nothing."""

from app.core.security import Scope
from app.services.accounts import find_or_create_account
from app.services.keys import api_keys
from padstone.auth import demo_key
from padstone.seed import Seeding

__all__ = ["seed"]

DEMO_EMAIL = "demo@example.com"


async def seed(seeding: Seeding) -> None:
    """Makes the demo account and its key, unless they are there."""
    if seeding.settings.ENVIRONMENT != "development":
        seeding.say("Accounts needs no reference data.")
        return
    account = await find_or_create_account(seeding.session, DEMO_EMAIL)
    secret = await demo_key(seeding, api_keys, account.id, scopes=Scope)
    seeding.credentials["demo account"] = DEMO_EMAIL
    seeding.examples.append(
        f"curl -X POST {{url}}/api/v1/auth/validate -H 'Authorization: Bearer {secret}'"
    )

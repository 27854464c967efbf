"""First data: in development, a demo account with a key; elsewhere nothing."""

from sqlalchemy import select

from app.core.security import Scope
from app.models import ApiKey
from app.services.accounts import find_or_create_account
from app.services.keys import api_keys
from padstone.auth import ApiKeyService, generate, parse
from padstone.seed import Seeding

__all__ = ["seed"]

DEMO_EMAIL = "demo@example.com"


async def seed(seeding: Seeding) -> None:
    """Makes the demo account and its key, unless they are there."""
    if seeding.settings.ENVIRONMENT != "development":
        seeding.say("Accounts needs no reference data.")
        return
    account = await find_or_create_account(seeding.session, DEMO_EMAIL)
    secret = seeding.remember("demo API key", lambda: generate(live=False).secret)
    key = parse(secret)
    if key is None:
        raise ValueError("The remembered demo key is damaged. Run `padstone services reset`.")
    known = await seeding.session.scalar(select(ApiKey).where(ApiKey.key_hash == key.hash))
    if known is None:
        service = ApiKeyService(seeding.session, api_keys)
        await service.create(account.id, name="Demo", scopes=list(Scope), live=False, secret=key)
        seeding.say(f"Made a key for {DEMO_EMAIL}.")
    seeding.credentials["demo account"] = DEMO_EMAIL
    seeding.examples.append(
        f"curl -X POST {{url}}/api/v1/auth/validate -H 'Authorization: Bearer {secret}'"
    )

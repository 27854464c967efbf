"""First data: in development, a user to try things as, with a key; elsewhere nothing."""

from app.core.security import KEY_SCOPES
from app.services.keys import api_keys
from app.services.users import users
from padstone.auth import demo_key
from padstone.auth.users import demo_user
from padstone.seed import Seeding

__all__ = ["DEMO_EMAIL", "seed"]

DEMO_EMAIL = "demo@example.com"
_QUESTION = '{"model": "echo", "messages": [{"role": "user", "content": "Hello"}]}'


async def seed(seeding: Seeding) -> None:
    """Makes the demo user and its key, unless they are there."""
    if seeding.settings.ENVIRONMENT != "development":
        seeding.say("The assistant needs no reference data.")
        return
    user = await demo_user(seeding, users, DEMO_EMAIL)
    secret = await demo_key(seeding, api_keys, user.id, scopes=KEY_SCOPES)
    seeding.examples.append(
        f"curl {{url}}/v1/chat/completions -H 'Authorization: Bearer {secret}' "
        f"-H 'Content-Type: application/json' -d '{_QUESTION}'"
    )

"""First data: in development, a user to try things as, with a key; elsewhere nothing."""

import secrets

from sqlalchemy import select

from app.core.config import Settings
from app.core.security import KEY_SCOPES
from app.models import ApiKey, User
from app.services.keys import api_keys
from app.services.users import users
from padstone.auth import ApiKeyService, generate, parse
from padstone.auth.users import UserAdministration
from padstone.seed import Seeding

__all__ = ["DEMO_EMAIL", "seed"]

DEMO_EMAIL = "demo@example.com"
_QUESTION = '{"model": "echo", "messages": [{"role": "user", "content": "Hello"}]}'


async def seed(seeding: Seeding) -> None:
    """Makes the demo user and its key, unless they are there."""
    if seeding.settings.ENVIRONMENT != "development":
        seeding.say("The assistant needs no reference data.")
        return
    user = await _demo_user(seeding)
    secret = await _demo_key(seeding, user)
    seeding.examples.append(
        f"curl {{url}}/v1/chat/completions -H 'Authorization: Bearer {secret}' "
        f"-H 'Content-Type: application/json' -d '{_QUESTION}'"
    )


async def _demo_user(seeding: Seeding) -> User:
    assert isinstance(seeding.settings, Settings)  # noqa: S101  # the assistant's own
    password = seeding.remember(f"password of {DEMO_EMAIL}", lambda: secrets.token_urlsafe(12))
    seeding.credentials["demo user"] = DEMO_EMAIL
    seeding.credentials["demo password"] = password
    found = await seeding.session.scalar(select(User).where(User.email == DEMO_EMAIL))
    if found is None:
        people = UserAdministration.apart(seeding.session, users, seeding.settings)
        hashed = await people.hashed(password, DEMO_EMAIL)
        found = await people.create(DEMO_EMAIL, password_hash=hashed)
        seeding.say(f"Made the user {DEMO_EMAIL}.")
    return found


async def _demo_key(seeding: Seeding, user: User) -> str:
    secret = seeding.remember("demo API key", lambda: generate(live=False).secret)
    key = parse(secret)
    if key is None:
        raise ValueError("The remembered demo key is damaged. Run `padstone services reset`.")
    known = await seeding.session.scalar(select(ApiKey).where(ApiKey.key_hash == key.hash))
    if known is None:
        service = ApiKeyService(seeding.session, api_keys)
        await service.create(user.id, name="Demo", scopes=KEY_SCOPES, live=False, secret=key)
        seeding.say(f"Made a key for {DEMO_EMAIL}.")
    return secret

"""Users to try the system as, in development: one of each role, and an API key."""

import secrets

from sqlalchemy import select

from app.core.config import Settings
from app.core.security import ROLES, Role
from app.models import ApiKey, User
from app.services.auth_service import api_keys, users
from padstone.auth import ApiKeyService, generate, parse
from padstone.auth.users import UserAdministration
from padstone.seed import Seeding

__all__ = ["email_of", "plant_people"]


def email_of(role: Role) -> str:
    """The address of the demo user with ``role``."""
    return f"{role}@example.com"


async def plant_people(seeding: Seeding) -> None:
    """Makes the demo users that are missing, and shows how to sign in."""
    assert isinstance(seeding.settings, Settings)  # noqa: S101  # this system's own
    administration = UserAdministration.apart(seeding.session, users, seeding.settings)
    for role in Role:
        email = email_of(role)
        password = seeding.remember(f"password of {email}", _new_password)
        user = await seeding.session.scalar(select(User).where(User.email == email))
        if user is None:
            hashed = await administration.hashed(password, email)
            user = await administration.create(email, role=role, password_hash=hashed)
            seeding.say(f"Made the {role} {email}.")
        if role == Role.ANALYST:
            secret = await _key(seeding, user)
            seeding.examples += _examples(email, password, secret)


async def _key(seeding: Seeding, user: User) -> str:
    secret = seeding.remember("demo API key", lambda: generate(live=False).secret)
    key = parse(secret)
    if key is None:
        raise ValueError("The remembered demo key is damaged. Run `padstone services reset`.")
    known = await seeding.session.scalar(select(ApiKey.id).where(ApiKey.key_hash == key.hash))
    if known is None:
        service = ApiKeyService(seeding.session, api_keys)
        scopes = list(map(str, ROLES[Role.ANALYST]))
        await service.create(user.id, name="Demo", scopes=scopes, live=False, secret=key)
        seeding.say(f"Made a key for {user.email}.")
    return secret


def _new_password() -> str:
    return secrets.token_urlsafe(12)


def _examples(email: str, password: str, secret: str) -> list[str]:
    body = f'{{"email": "{email}", "password": "{password}"}}'
    json = "-H 'Content-Type: application/json'"
    return [
        f"curl {{url}}/api/v1/prompts -H 'X-API-Key: {secret}'",
        f"curl {{url}}/api/v1/auth/login {json} -d '{body}'",
    ]

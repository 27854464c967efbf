"""Users to try the system as, in development: one of each role, and an API key."""

from app.core.security import ROLES, Role
from app.services.auth_service import api_keys, users
from padstone.auth import demo_key
from padstone.auth.users import demo_user
from padstone.seed import Seeding

__all__ = ["email_of", "plant_people"]


def email_of(role: Role) -> str:
    """The address of the demo user with ``role``."""
    return f"{role}@example.com"


async def plant_people(seeding: Seeding) -> None:
    """Makes the demo users that are missing, and shows how to sign in."""
    for role in Role:
        email = email_of(role)
        user = await demo_user(seeding, users, email, role=role)
        if role == Role.ANALYST:
            secret = await demo_key(seeding, api_keys, user.id, scopes=ROLES[role])
            password = seeding.credentials[f"password of {email}"]
            seeding.examples += _examples(email, password, secret)


def _examples(email: str, password: str, secret: str) -> list[str]:
    body = f'{{"email": "{email}", "password": "{password}"}}'
    json = "-H 'Content-Type: application/json'"
    return [
        f"curl {{url}}/api/v1/prompts -H 'X-API-Key: {secret}'",
        f"curl {{url}}/api/v1/auth/login {json} -d '{body}'",
    ]

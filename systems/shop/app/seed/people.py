"""Users to try the shop as, in development: one of each role."""

from app.core.security import Role
from app.services.users import users
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
        await demo_user(seeding, users, email, role=role)
        if role == Role.BUYER:
            seeding.examples += _examples(email, seeding.credentials[f"password of {email}"])


def _examples(email: str, password: str) -> list[str]:
    body = f'{{"email": "{email}", "password": "{password}"}}'
    json = "-H 'Content-Type: application/json'"
    return [
        "curl '{url}/api/v1/products?category=home-and-kitchen&limit=3'",
        f"curl {{url}}/api/v1/auth/login {json} -d '{body}'",
    ]

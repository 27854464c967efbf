"""Users to try the shop as, in development: one of each role."""

import secrets

from sqlalchemy import select

from app.core.config import Settings
from app.core.security import Role
from app.models import User
from app.services.users import users
from padstone.auth.users import UserAdministration
from padstone.seed import Seeding

__all__ = ["email_of", "plant_people"]


def email_of(role: Role) -> str:
    """The address of the demo user with ``role``."""
    return f"{role}@example.com"


async def plant_people(seeding: Seeding) -> None:
    """Makes the demo users that are missing, and shows how to sign in."""
    assert isinstance(seeding.settings, Settings)  # noqa: S101  # the shop's own
    administration = UserAdministration.apart(seeding.session, users, seeding.settings)
    for role in Role:
        email = email_of(role)
        password = seeding.remember(f"password of {email}", _new_password)
        if await seeding.session.scalar(select(User.id).where(User.email == email)) is None:
            hashed = await administration.hashed(password, email)
            await administration.create(email, role=role, password_hash=hashed)
            seeding.say(f"Made the {role} {email}.")
        if role == Role.BUYER:
            seeding.examples += _examples(email, password)


def _new_password() -> str:
    return secrets.token_urlsafe(12)


def _examples(email: str, password: str) -> list[str]:
    body = f'{{"email": "{email}", "password": "{password}"}}'
    json = "-H 'Content-Type: application/json'"
    return [
        "curl '{url}/api/v1/products?category=home-and-kitchen&limit=3'",
        f"curl {{url}}/api/v1/auth/login {json} -d '{body}'",
    ]

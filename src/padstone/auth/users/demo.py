"""A user to try a system as, whose password stays the same from run to run."""

import secrets
from typing import Any

from sqlalchemy import select

from padstone.auth.users.administration import UserAdministration
from padstone.auth.users.users import Users
from padstone.seed import Seeding
from padstone.settings import UserSettings

__all__ = ["demo_user"]


async def demo_user(
    seeding: Seeding, users: Users, email: str = "demo@example.com", *, role: str | None = None
) -> Any:
    """The user of ``email``, for development, made where it is missing; ``dev`` shows the password.

    It has ``role``, or that of whoever registers.
    """
    settings = seeding.settings
    if not isinstance(settings, UserSettings):
        raise TypeError(f"{type(settings).__name__} must inherit UserSettings: there are users.")
    password = seeding.remember(f"password of {email}", lambda: secrets.token_urlsafe(12))
    found = await seeding.session.scalar(select(users.model).where(users.model.email == email))
    if found is None:
        people = UserAdministration.apart(seeding.session, users, settings)
        hashed = await people.hashed(password, email)
        found = await people.create(email, role=role, password_hash=hashed)
        seeding.say(f"Made the user {email}.")
    return found

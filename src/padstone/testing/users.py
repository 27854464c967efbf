"""Users who are signed in already, for tests that are about something else."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy.ext.asyncio import AsyncSession

from padstone.auth.cookie_sessions import CSRF_HEADER
from padstone.auth.users import Users
from padstone.auth.users.access_token import AccessTokens
from padstone.auth.users.sessions import Device
from padstone.ids import new_id
from padstone.settings import UserSettings

if TYPE_CHECKING:
    from padstone.auth.cookie_sessions import OpenedCookieSessions

__all__ = ["SignedIn", "browser_headers", "sign_in"]


@dataclass(frozen=True)
class SignedIn:
    """A user, and the headers that a request of theirs carries."""

    user: Any
    headers: dict[str, str] = field(repr=False)


async def sign_in(
    session: AsyncSession,
    users: Users,
    settings: UserSettings,
    *,
    email: str | None = None,
    role: str | None = None,
    **columns: Any,
) -> SignedIn:
    """A new user with a session, committed where the test's commits are real.

    No password is hashed. ``settings`` are those of the application under test, whose SECRET_KEY
    signs; ``columns`` are further columns of the user.
    """
    now = datetime.now(UTC)
    user = users.model()
    user.id = new_id()
    user.email = email or f"{user.id.hex}@example.com"
    user.role = role or users.default_role
    user.email_verified_at = now
    for name, value in columns.items():
        setattr(user, name, value)
    session.add(user)
    await session.flush()
    device = users.session_model()
    device.id, device.user_id = new_id(), user.id
    device.expires_at = now + timedelta(seconds=settings.REFRESH_TOKEN_SECONDS)
    session.add(device)
    if users.on_verified is not None:
        await users.on_verified(session, user.id)
    await session.commit()
    token, _ = AccessTokens(settings).issue(
        user.id, device.id, at_most=device.expires_at.timestamp()
    )
    return SignedIn(user, {"Authorization": f"Bearer {token}"})


async def browser_headers(user: Any, sessions: "OpenedCookieSessions") -> dict[str, str]:
    """The headers of a page in a browser where ``user`` has just signed in: cookie and token."""
    begun = await sessions.begin(user.id, user.browser_generation, Device())
    return {
        "Cookie": f"{sessions.cookie.name}={begun.secret.text}",
        CSRF_HEADER: sessions.csrf.token(begun.session.id),
    }

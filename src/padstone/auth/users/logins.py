"""Signing in with an e-mail address and a password."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from padstone.auth.users.attempts import Limit
from padstone.auth.users.errors import LoginRefusedError, TooManyAttemptsError
from padstone.auth.users.opened import OpenedUsers
from padstone.auth.users.passwords import Verdict
from padstone.auth.users.rows import change_user
from padstone.auth.users.sessions import Device, Sessions, Tokens

__all__ = ["Logins", "count_attempt", "login_limit"]


class Logins:
    """Signs users in. No connection of the database is held while a password is verified."""

    def __init__(self, opened: OpenedUsers) -> None:
        self._opened = opened
        self._sessions = Sessions(opened)

    async def login(self, email: str, password: str, device: Device) -> Tokens:
        """A new session of whoever has this address and this password.

        Raises ``LoginRefusedError``, in one sentence whatever the cause, and
        ``TooManyAttemptsError`` from LOGIN_ATTEMPTS on, for known and unknown addresses alike.
        """
        await count_attempt(self._opened, email)
        for _ in range(2):
            tokens = await self._try(email, password, device)
            if tokens is not None:
                return tokens
            # The row has changed since it was read: another log-in may have stored a better hash.
        raise LoginRefusedError

    async def _try(self, email: str, password: str, device: Device) -> Tokens | None:
        opened = self._opened
        async with opened.database.read_session() as reading:
            found = await reading.execute(
                select(opened.users.model, opened.users.is_active).where(
                    opened.users.model.email == email
                )
            )
            user, is_active = found.one_or_none() or (None, False)
        # An unknown address, a suspended user and a wrong password take the same time.
        verdict = await opened.passwords.verify(password, user and user.password_hash)
        if not (verdict.is_right and is_active):
            raise LoginRefusedError
        return await self._accept(user, verdict, device)

    async def _accept(self, user: Any, verdict: Verdict, device: Device) -> Tokens | None:
        opened = self._opened
        new: dict[str, Any] = {"last_login_at": func.clock_timestamp()}
        if verdict.better_hash is not None:
            new["password_hash"] = verdict.better_hash
        async with opened.database.session() as session:
            if not await change_user(session, opened.users, user, opened.users.is_active, **new):
                return None
            await opened.attempts.reset(session, login_limit(opened), user.email)
            return await self._sessions.begin(session, user.id, device)


def login_limit(opened: OpenedUsers) -> Limit:
    """How many passwords are looked at for one address."""
    settings = opened.settings
    window = timedelta(seconds=settings.LOGIN_WINDOW_SECONDS)
    return Limit("login", settings.LOGIN_ATTEMPTS, window)


async def count_attempt(opened: OpenedUsers, email: str) -> None:
    """To be called before any password of ``email`` is looked at: raises ``TooManyAttemptsError``.

    It is a transaction of its own.
    """
    wait = await opened.attempts.count(opened.database, login_limit(opened), email)
    if wait is not None:
        raise TooManyAttemptsError(retry_after=wait)

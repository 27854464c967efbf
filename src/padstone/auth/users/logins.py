"""Signing in with an e-mail address and a password."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.auth.users.errors import LoginRefusedError
from padstone.auth.users.opened import OpenedUsers
from padstone.auth.users.passwords import Verdict
from padstone.auth.users.rows import change_user
from padstone.auth.users.sessions import Device, Sessions, Tokens

__all__ = ["Logins"]

T = TypeVar("T")

Begin = Callable[[AsyncSession, UUID], Awaitable[T]]


class Logins:
    """Signs users in. No connection of the database is held while a password is verified."""

    def __init__(self, opened: OpenedUsers) -> None:
        self._opened = opened

    async def login(self, email: str, password: str, device: Device) -> Tokens:
        """A new session of whoever has this address and this password; raises as ``accept``."""
        begin = partial(Sessions(self._opened).begin, device=device)
        return await self.accept(email, password, begin)

    async def accept(self, email: str, password: str, begin: Begin[T]) -> T:
        """What ``begin`` makes for whoever has this address and this password.

        It is called with the user's id, in a transaction in which the user cannot change. Raises
        ``LoginRefusedError``, in one sentence whatever the cause, and ``TooManyAttemptsError`` from
        LOGIN_ATTEMPTS on, for known and unknown addresses alike.
        """
        await self._opened.count_login(email)
        for _ in range(2):
            begun = await self._try(email, password, begin)
            if begun is not None:
                return begun
            # The row has changed since it was read: another log-in may have stored a better hash.
        raise LoginRefusedError

    async def _try(self, email: str, password: str, begin: Begin[T]) -> T | None:
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
        return await self._begun(user, verdict, begin)

    async def _begun(self, user: Any, verdict: Verdict, begin: Begin[T]) -> T | None:
        opened = self._opened
        new: dict[str, Any] = {"last_login_at": func.clock_timestamp()}
        if verdict.better_hash is not None:
            new["password_hash"] = verdict.better_hash
        async with opened.database.session() as session:
            if not await change_user(session, opened.users, user, opened.users.is_active, **new):
                return None
            await opened.forget_logins(session, user.email)
            return await begin(session, user.id)

"""A new password: by whoever knows the old one, or reads the mail of the address."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.auth.users.errors import BadLinkError, WrongPasswordError
from padstone.auth.users.link_token import LinkPurpose
from padstone.auth.users.mail_requests import ask_for_mail
from padstone.auth.users.opened import OpenedUsers
from padstone.auth.users.password_rules import check_choice, prepared
from padstone.auth.users.post import MailPurpose
from padstone.auth.users.rows import change_user, user_by_id
from padstone.auth.users.sessions import Sessions
from padstone.errors import AuthError, ConflictError
from padstone.principal import Principal

__all__ = ["PasswordChanges"]


class PasswordChanges:
    """Changes passwords. It ends every other session of the user, and tells the user by mail."""

    def __init__(self, opened: OpenedUsers) -> None:
        self._opened = opened

    async def change(self, principal: Principal, current: str, new: str) -> int:
        """Changes the password of whoever is signed in; the new generation of browser sessions.

        The current one is counted like a log-in, so that a stolen access token is no way to guess
        it. Raises ``WrongPasswordError``, ``TooManyAttemptsError``, and ``ValidationError`` for a
        password that must not be chosen.
        """
        opened = self._opened
        async with opened.database.read_session() as reading:
            user = await user_by_id(reading, opened.users, principal.subject)
        if user is None:
            raise AuthError
        check_choice(prepared(new), user.email, field="body.new_password")
        await opened.count_login(user.email)
        if not (await opened.passwords.verify(current, user.password_hash)).is_right:
            raise WrongPasswordError
        new_hash = await opened.passwords.hash(new)
        async with opened.database.session() as session:
            if not await change_user(session, opened.users, user, password_hash=new_hash):
                raise ConflictError("The password was changed meanwhile.")
            return await self._after(session, user, keep=principal)

    async def forgot(self, email: str) -> None:
        """Mails a link to choose a new password, where anybody has this address."""
        await ask_for_mail(self._opened, "forgot", email, lambda _user: MailPurpose.RESET_PASSWORD)

    async def reset(self, token: str, new: str) -> None:
        """Changes the password by a mailed link, which verifies the address too.

        Raises ``BadLinkError``, and ``ValidationError`` for a password that must not be chosen.
        """
        opened = self._opened
        said = opened.link_tokens.read(token)
        if said is None:
            raise BadLinkError
        async with opened.database.read_session() as reading:
            user = await user_by_id(reading, opened.users, said.user_id)
        if user is None or not opened.link_tokens.fits(LinkPurpose.RESET_PASSWORD, said, user):
            raise BadLinkError
        check_choice(prepared(new), user.email)
        model = opened.users.model
        values = {
            "password_hash": await opened.passwords.hash(new),
            "email_verified_at": func.coalesce(model.email_verified_at, datetime.now(UTC)),
        }
        same = model.email == user.email
        async with opened.database.session() as session:
            if not await change_user(session, opened.users, user, same, **values):
                raise BadLinkError
            if user.email_verified_at is None and opened.users.on_verified is not None:
                await opened.users.on_verified(session, user.id)
            await self._after(session, user, keep=None)

    async def _after(self, session: AsyncSession, user: Any, *, keep: Principal | None) -> int:
        opened = self._opened
        await opened.forget_logins(session, user.email)
        kept = None if keep is None else keep.credential
        generation = await Sessions(opened).end_all(session, user.id, but=kept)
        await opened.post(session, MailPurpose.PASSWORD_CHANGED, user.id)
        return generation

"""What an operator, or an administrator of the system, does with users."""

from datetime import UTC, datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.auth.users.addresses import normalized
from padstone.auth.users.opened import OpenedUsers
from padstone.auth.users.password_rules import check_choice, prepared
from padstone.auth.users.post import MailPurpose
from padstone.auth.users.rows import user_by_email
from padstone.auth.users.sessions import Sessions
from padstone.auth.users.users import Users
from padstone.db import Listener, after_commit
from padstone.errors import ConflictError, FieldError, NotFoundError, ValidationError
from padstone.ids import new_id
from padstone.models import INCLUDE_DELETED
from padstone.settings import UserSettings

__all__ = ["EmailTakenError", "UserAdministration"]


class EmailTakenError(ConflictError):
    code = "email_taken"
    detail = "There is a user with this e-mail address already."


class UserAdministration:
    """Makes and changes users, in the caller's transaction.

    Every process acts on a change within a second. The methods that name a user lock the row, and
    raise ``NotFoundError`` where there is none.
    """

    def __init__(self, session: AsyncSession, opened: OpenedUsers) -> None:
        self.session = session
        self._opened = opened
        self._users = opened.users

    @classmethod
    def apart(cls, session: AsyncSession, users: Users, settings: UserSettings) -> Self:
        """For a command or a seed, outside of a running application."""
        listener = Listener(settings)  # which is never started
        return cls(
            session, OpenedUsers(users, settings, listener, post=_mail_nobody, site="", pages="")
        )

    def statement(self) -> Select[Any]:
        """All living users, for a page or a list."""
        return select(self._users.model)

    async def create(
        self, email: str, *, role: str | None = None, password_hash: str | None = None
    ) -> Any:
        """A new user whose address counts as verified.

        Without a hash the user chooses a password by the link that "forgot password" mails. Raises
        ``EmailTakenError``, and ``ValidationError`` for an address or a role that is none.
        """
        address = normalized(email)
        if await user_by_email(self.session, self._users, address) is not None:
            raise EmailTakenError
        user = self._users.model()
        user.id, user.email = new_id(), address
        user.role = self._known(self._users.default_role if role is None else role)
        user.password_hash, user.email_verified_at = password_hash, datetime.now(UTC)
        self.session.add(user)
        await self.session.flush()
        if self._users.on_verified is not None:
            await self._users.on_verified(self.session, user.id)
        return user

    async def invite(self, email: str, *, role: str | None = None) -> Any:
        """A new user, who is mailed a link to choose a password. Raises like ``create``."""
        user = await self.create(email, role=role)
        await self._opened.post(self.session, MailPurpose.INVITED, user.id)
        return user

    async def by_email(self, email: str) -> Any:
        """The user of an address."""
        return await self._locked(self._users.model.email == normalized(email))

    async def by_id(self, user_id: UUID) -> Any:
        """The user with this id."""
        return await self._locked(self._users.model.id == user_id)

    async def set_role(self, user: Any, role: str) -> None:
        """Gives the user another role. Raises ``ValidationError`` for one that does not exist."""
        user.role = self._known(role)
        await self._written(user)

    async def suspend(self, user: Any) -> None:
        """Refuses the user from now on, and ends every session; again changes nothing."""
        if user.suspended_at is None:
            user.suspended_at = datetime.now(UTC)
            await self._written(user)
        await Sessions(self._opened).end_all(self.session, user.id)

    async def restore(self, user: Any) -> None:
        """Lets a suspended user sign in again, and forgets the passwords that were tried."""
        user.suspended_at = None
        await self._opened.forget_logins(self.session, user.email)
        await self._written(user)

    async def delete(self, user: Any) -> None:
        """Ends every session of the user, who is no user any more, and frees the address.

        Only for tables that are ``SoftDeleted``: what is the user's own stays.
        """
        user.deleted_at = datetime.now(UTC)
        await Sessions(self._opened).end_all(self.session, user.id)
        await self._written(user)

    async def undelete(self, user_id: UUID) -> Any:
        """The deleted user as before, signed in nowhere; one who is not deleted stays as it is.

        Raises ``EmailTakenError`` where somebody else has the address by now.
        """
        user = await self._locked(self._users.model.id == user_id, **INCLUDE_DELETED)
        if user.deleted_at is None:
            return user
        if await user_by_email(self.session, self._users, user.email) is not None:
            raise EmailTakenError
        user.deleted_at = None
        await self._written(user)
        return user

    async def set_password(self, user: Any, password_hash: str) -> None:
        """Gives the user another password, and ends every session."""
        user.password_hash = password_hash
        await self._opened.forget_logins(self.session, user.email)
        await Sessions(self._opened).end_all(self.session, user.id)
        await self._written(user)

    async def hashed(self, password: str, email: str) -> str:
        """The hash of a new password. Raises ``ValidationError`` for one that must not be chosen.

        It takes a while, so it is asked for before anything is locked.
        """
        check_choice(prepared(password), email, field="password")
        return await self._opened.passwords.hash(password)

    async def _locked(self, condition: Any, **options: Any) -> Any:
        found = await self.session.scalar(
            self.statement()
            .where(condition)
            .with_for_update()
            .execution_options(populate_existing=True, **options)
        )
        if found is None:
            raise NotFoundError("There is no such user.")
        return found

    async def _written(self, user: Any) -> None:
        await self.session.flush()
        user_id, forget = user.id, self._opened.authenticator.forget_user
        after_commit(self.session, lambda: forget(user_id))

    def _known(self, role: str) -> str:
        if role not in self._users.roles:
            known = ", ".join(sorted(self._users.roles))
            raise ValidationError(errors=[FieldError("role", f"must be one of: {known}")])
        return role


async def _mail_nobody(_session: AsyncSession, purpose: MailPurpose, _user_id: UUID) -> None:
    raise TypeError(f"Nobody is mailed ({purpose}) outside of a running application.")

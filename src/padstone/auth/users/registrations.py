"""How a person becomes a user, and proves that the address is theirs.

Whatever the address, the answer is the same, and so is the work: what differs is the mail.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from padstone.auth.users.errors import BadLinkError
from padstone.auth.users.link_token import LinkPurpose
from padstone.auth.users.mail_requests import ask_for_mail, may_mail
from padstone.auth.users.opened import OpenedUsers
from padstone.auth.users.password_rules import check_choice, prepared
from padstone.auth.users.post import MailPurpose
from padstone.auth.users.rows import change_user, user_by_email, user_by_id
from padstone.ids import new_id

__all__ = ["Registrations"]


class Registrations:
    """Registers users and verifies their addresses."""

    def __init__(self, opened: OpenedUsers) -> None:
        self._opened = opened

    async def register(self, email: str, password: str, columns: Mapping[str, Any]) -> None:
        """A new user with these further ``columns``, where the address is new.

        The owner of a known address is told by mail that there is an account, and how to choose a
        new password: whoever registered it first need not have been the owner. Raises
        ``ValidationError`` for a password that must not be chosen.
        """
        check_choice(prepared(password), email)
        opened = self._opened
        password_hash = await opened.passwords.hash(password)
        allowed = await may_mail(opened, "register", email)
        values = {"email": email, "password_hash": password_hash, **columns}
        async with opened.database.session() as session:
            is_new = await self._insert(session, values)
            purpose = MailPurpose.VERIFY_EMAIL if is_new else MailPurpose.ACCOUNT_EXISTS
            user = await user_by_email(session, opened.users, email)
            await opened.post(session, purpose, user.id if user and allowed else new_id())

    async def resend(self, email: str) -> None:
        """Mails the link again, where the address waits to be verified."""
        await ask_for_mail(self._opened, "resend", email, self._unverified)

    async def verify(self, token: str) -> None:
        """Notes that the address is verified. Raises ``BadLinkError``."""
        opened = self._opened
        said = opened.link_tokens.read(token)
        if said is None:
            raise BadLinkError
        async with opened.database.session() as session:
            user = await user_by_id(session, opened.users, said.user_id)
            if user is None or not opened.link_tokens.fits(LinkPurpose.VERIFY_EMAIL, said, user):
                raise BadLinkError
            model = opened.users.model
            unverified = model.email_verified_at.is_(None)
            new = {"email_verified_at": datetime.now(UTC)}
            if not await change_user(session, opened.users, user, unverified, **new):
                raise BadLinkError
            if (welcome := opened.users.on_verified) is not None:
                await welcome(session, user.id)

    async def _insert(self, session: AsyncSession, values: Mapping[str, Any]) -> bool:
        users = self._opened.users
        new = insert(users.model).values(id=new_id(), role=users.default_role, **values)
        made = await session.execute(
            new.on_conflict_do_nothing(
                index_elements=[users.model.email], index_where=users.is_living
            ).returning(users.model.id)
        )
        return made.first() is not None

    def _unverified(self, user: Any) -> MailPurpose:
        # Whoever asks again for a link that was used cannot sign in for another reason.
        waits = user.email_verified_at is None
        return MailPurpose.VERIFY_EMAIL if waits else MailPurpose.ACCOUNT_EXISTS

"""Asking for a mail to an address, without learning whether anybody has it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from padstone.auth.users.attempts import Limit
from padstone.auth.users.opened import OpenedUsers
from padstone.auth.users.post import MailPurpose
from padstone.auth.users.rows import user_by_email
from padstone.ids import new_id

__all__ = ["ask_for_mail", "may_mail"]

MAILS_PER_HOUR = 5


async def ask_for_mail(
    opened: OpenedUsers, kind: str, email: str, purpose: Callable[[Any], MailPurpose]
) -> None:
    """Mails whoever has the address for the ``purpose`` that the user's row calls for.

    Where nobody has it, or it was mailed often enough, the same is done in vain.
    """
    allowed = await may_mail(opened, kind, email)
    async with opened.database.session() as session:
        user = await user_by_email(session, opened.users, email)
        if user is not None and allowed:
            await opened.post(session, purpose(user), user.id)
        else:
            await opened.post(session, MailPurpose.ACCOUNT_EXISTS, new_id())


async def may_mail(opened: OpenedUsers, kind: str, email: str) -> bool:
    """Counts one more mail of this kind to the address; whether it may be sent.

    Nobody's mailbox is filled by a stranger. It is a transaction of its own.
    """
    limit = Limit(f"mail.{kind}", MAILS_PER_HOUR, timedelta(hours=1))
    return await opened.attempts.count(opened.database, limit, email) is None

"""Mailing users from a job, so that the request's transaction decides whether it is done.

The job holds whom and what for. The token is made when the mail is, and is never stored.
"""

from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncSession

from padstone.auth.users.opened import OpenedUsers
from padstone.auth.users.post import MailPurpose, Post
from padstone.auth.users.rows import user_by_id
from padstone.errors import ValidationError
from padstone.jobs import FinalError, JobContext, Jobs, Task
from padstone.mail import Mailer, MailRefusedError, Message

__all__ = ["post_by"]

TASK = "mail_user"

# About an hour: the link in it works no longer than that.
_RETRIES = 8
_PAUSE_SECONDS = 15.0


def post_by(jobs: Jobs) -> Post:
    """A ``Post`` that gives ``jobs`` a task named ``mail_user`` and enqueues it."""
    task: Task[Any] = jobs.tasks.get(TASK) or jobs.task(
        name=TASK, retries=_RETRIES, pause=_PAUSE_SECONDS
    )(_mail_user)

    async def post(session: AsyncSession, purpose: MailPurpose, user_id: UUID) -> None:
        # While one waits, another of the same kind would say the same.
        await task.enqueue(
            session, purpose=purpose, user_id=user_id, unique=f"{purpose.value}:{user_id}"
        )

    return post


async def _mail_user(context: JobContext, purpose: MailPurpose, user_id: UUID) -> None:
    users, mailer = context.state["users"], context.state["mailer"]
    assert isinstance(users, OpenedUsers)  # noqa: S101  # create_app has opened them
    assert isinstance(mailer, Mailer)  # noqa: S101
    async with context.database.read_session() as session:
        user = await user_by_id(session, users.users, user_id)
    if user is None:  # nobody had the address, or nobody has it any more
        return
    letter = users.letters.write(purpose, user)
    mail_id = uuid5(NAMESPACE_URL, f"{users.settings.SYSTEM}:{context.job_id}:{user_id}")
    try:
        await mailer.send(Message(user.email, letter.subject, letter.text, id=mail_id))
    except (MailRefusedError, ValidationError) as error:
        raise FinalError(error.detail) from error

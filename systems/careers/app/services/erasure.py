"""Erasing a user and everything of theirs, for good (GDPR, article 17)."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.config import Settings
from app.models import IdempotencyRecord, ResumeUpload, User
from app.services.jobs import jobs
from app.services.uploads import extract_text
from padstone.auth.users import MailPurpose, OpenedUsers
from padstone.jobs import JobContext, forget_jobs
from padstone.principal import Principal
from padstone.storage import Storage

__all__ = ["erase", "erase_objects"]

_LATE = timedelta(minutes=5)


async def erase(
    opened: OpenedUsers, storage: Storage, settings: Settings, principal: Principal, password: str
) -> None:
    """Erases the user's rows, objects and jobs, once the password has been shown again.

    Objects go first: where the storage does not answer nothing is erased, and it may be tried
    again. Raises as ``OpenedUsers.confirm``, which asks for the password.
    """
    await opened.confirm(principal, password)
    user_id = principal.subject
    await storage.delete_prefix(f"{user_id}/")
    async with opened.database.session() as session:
        await _erase_jobs(session, user_id)
        # What was stored for repeated requests holds answers, and so the user's data.
        await session.execute(
            delete(IdempotencyRecord).where(IdempotencyRecord.principal == str(user_id))
        )
        # Everything else goes with the row, by the foreign keys.
        await session.execute(delete(User).where(User.id == user_id))
        # A link that was given before still takes bytes until it expires.
        wait = timedelta(seconds=settings.STORAGE_URL_TTL_SECONDS) + _LATE
        await erase_objects.enqueue(session, user_id=user_id, delay=wait, unique=str(user_id))


@jobs.task(retries=10, timeout=120)
async def erase_objects(context: JobContext, user_id: UUID) -> None:
    """Deletes what was uploaded while its owner was being erased."""
    storage: Storage = context.state["storage"]
    await storage.delete_prefix(f"{user_id}/")


async def _erase_jobs(session: AsyncSession, user_id: UUID) -> None:
    uploads = await session.scalars(select(ResumeUpload.id).where(ResumeUpload.user_id == user_id))
    await forget_jobs(session, extract_text.name, [str(upload_id) for upload_id in uploads])
    mails = [f"{purpose.value}:{user_id}" for purpose in MailPurpose]
    await forget_jobs(session, "mail_user", mails)

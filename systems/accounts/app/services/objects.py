"""Artifacts: rows here, bytes in the storage, and the order in which the two change."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.config import Settings
from app.models import ObjectStatus, StoredObject
from app.schemas.stored_object import ObjectCreate
from padstone.errors import ConflictError, FieldError, NotFoundError, ValidationError
from padstone.storage import PresignedDownload, PresignedUpload, Storage

__all__ = [
    "NotUploadedError",
    "QuotaReachedError",
    "complete_upload",
    "create_object",
    "delete_object",
    "download_link",
    "get_object",
    "sweep_abandoned",
]


class QuotaReachedError(ConflictError):
    code = "object_quota_reached"
    detail = "This account keeps as many artifacts as it may. Delete one first."


class NotUploadedError(ConflictError):
    code = "object_not_uploaded"
    detail = "The bytes of this artifact have not been uploaded as announced."


async def create_object(
    session: AsyncSession,
    storage: Storage,
    account_id: UUID,
    wanted: ObjectCreate,
    settings: Settings,
) -> tuple[StoredObject, PresignedUpload]:
    """A pending artifact and the link for its bytes, which takes exactly what was announced."""
    if wanted.size_bytes > settings.OBJECT_MAX_BYTES:
        message = f"must be at most {settings.OBJECT_MAX_BYTES}"
        raise ValidationError(errors=[FieldError("body.size_bytes", message, "too_large")])
    await _refuse_over_quota(session, account_id, settings.OBJECT_QUOTA)
    lifetime = timedelta(seconds=settings.STORAGE_URL_TTL_SECONDS)
    row = StoredObject(
        account_id=account_id,
        name=wanted.name,
        content_type=wanted.content_type,
        size_bytes=wanted.size_bytes,
        upload_expires_at=datetime.now(UTC) + lifetime,
    )
    session.add(row)
    await session.flush()
    link = await storage.presign_put(
        row.storage_key, content_type=row.content_type, size=row.size_bytes, expires=lifetime
    )
    return row, link


async def get_object(session: AsyncSession, account_id: UUID, object_id: UUID) -> StoredObject:
    """The account's artifact; another account's is as good as none."""
    found = await session.scalar(
        select(StoredObject).where(
            StoredObject.account_id == account_id, StoredObject.id == object_id
        )
    )
    if found is None:
        raise NotFoundError
    return found


async def complete_upload(
    session: AsyncSession, storage: Storage, account_id: UUID, object_id: UUID
) -> StoredObject:
    """Marks the artifact as stored, once its bytes are there. Doing it twice changes nothing."""
    row = await get_object(session, account_id, object_id)
    if row.status == ObjectStatus.STORED:
        return row
    try:
        found = await storage.head(row.storage_key)
    except NotFoundError:
        raise NotUploadedError from None
    if found.size != row.size_bytes:
        # Only a storage that does not enforce the signed size lets this happen.
        await storage.delete(row.storage_key)
        raise NotUploadedError
    row.status = ObjectStatus.STORED
    await session.flush()
    return row


async def download_link(
    session: AsyncSession,
    storage: Storage,
    account_id: UUID,
    object_id: UUID,
    settings: Settings,
) -> PresignedDownload:
    """A link to the bytes, as an attachment under the artifact's name."""
    row = await get_object(session, account_id, object_id)
    if row.status != ObjectStatus.STORED:
        raise NotUploadedError
    return await storage.presign_get(
        row.storage_key,
        filename=row.name,
        content_type=row.content_type,
        expires=timedelta(seconds=settings.STORAGE_URL_TTL_SECONDS),
    )


async def delete_object(
    session: AsyncSession, storage: Storage, account_id: UUID, object_id: UUID
) -> None:
    """Deletes the bytes, then the row.

    In this order a failure leaves a row that can be deleted again, and never bytes that nobody
    knows of.
    """
    row = await get_object(session, account_id, object_id)
    await storage.delete(row.storage_key)
    await session.delete(row)


async def sweep_abandoned(session: AsyncSession, storage: Storage, limit: int = 100) -> int:
    """Deletes artifacts that were announced and never uploaded; how many."""
    abandoned = (
        select(StoredObject)
        .where(
            StoredObject.status == ObjectStatus.PENDING,
            StoredObject.upload_expires_at < func.now() - timedelta(hours=1),
        )
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = list(await session.scalars(abandoned))
    for row in rows:
        await storage.delete(row.storage_key)  # an upload that nobody completed
    await session.execute(delete(StoredObject).where(StoredObject.id.in_([r.id for r in rows])))
    return len(rows)


async def _refuse_over_quota(session: AsyncSession, account_id: UUID, quota: int) -> None:
    count = await session.scalar(select(func.count()).where(StoredObject.account_id == account_id))
    if (count or 0) >= quota:
        raise QuotaReachedError

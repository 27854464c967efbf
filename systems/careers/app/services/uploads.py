"""Résumé files: rows here, bytes in the storage, and the job that reads them."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.config import Settings
from app.core.exceptions import (
    FieldError,
    NotExtractedError,
    NotFoundError,
    NotUploadedError,
    UnreadableFileError,
    UploadQuotaReachedError,
    ValidationError,
)
from app.core.vocabulary import UploadStatus
from app.models import ResumeUpload
from app.schemas.upload import FileType
from app.services.extraction import extract, looks_like
from app.services.jobs import jobs
from padstone.jobs import JobContext
from padstone.storage import PresignedDownload, PresignedUpload, Storage

__all__ = [
    "complete",
    "delete_upload",
    "download_link",
    "extract_text",
    "prepare",
    "sweep_abandoned",
    "text_of",
    "upload_link",
]

TIMEOUT_SECONDS = 180.0


async def prepare(session: AsyncSession, row: ResumeUpload, settings: Settings) -> None:
    """Checks a file that is announced, and says until when its bytes may come."""
    if row.size_bytes > settings.UPLOAD_MAX_BYTES:
        message = f"must be at most {settings.UPLOAD_MAX_BYTES}"
        raise ValidationError(errors=[FieldError("body.size_bytes", message, "too_large")])
    await _refuse_over_quota(session, row.user_id, settings.UPLOAD_QUOTA)
    lifetime = timedelta(seconds=settings.STORAGE_URL_TTL_SECONDS)
    row.upload_expires_at = datetime.now(UTC) + lifetime


async def upload_link(storage: Storage, row: ResumeUpload) -> PresignedUpload:
    """Where the bytes go; it takes exactly what was announced."""
    return await storage.presign_put(
        row.storage_key, content_type=row.content_type, size=row.size_bytes
    )


async def complete(session: AsyncSession, storage: Storage, row: ResumeUpload) -> ResumeUpload:
    """Has the file read, once its bytes are there. Doing it twice has it read once.

    The beginning of the file is looked at here, so that what is no document is refused at once.
    """
    if row.status == UploadStatus.EXTRACTED:
        return row
    await _require_bytes(storage, row)
    beginning = await _read(storage, row, 16)
    if not looks_like(FileType(row.content_type), beginning):
        await storage.delete(row.storage_key)
        message = "The file is not what its type says. It was deleted; announce it again."
        raise UnreadableFileError(message)
    row.status = UploadStatus.STORED
    row.failure = None
    await session.flush()
    await extract_text.enqueue(session, upload_id=row.id, unique=str(row.id))
    return row


async def download_link(
    storage: Storage, row: ResumeUpload, settings: Settings
) -> PresignedDownload:
    """A link to the bytes, as an attachment under the file's name."""
    if row.status == UploadStatus.PENDING:
        raise NotUploadedError
    return await storage.presign_get(
        row.storage_key,
        filename=row.file_name,
        content_type=row.content_type,
        expires=timedelta(seconds=settings.STORAGE_URL_TTL_SECONDS),
    )


async def text_of(session: AsyncSession, row: ResumeUpload) -> str:
    """What was read from the file. ``NotExtractedError`` where nothing was, or not yet."""
    text = await session.scalar(select(ResumeUpload.text).where(ResumeUpload.id == row.id))
    if text is None:
        raise NotExtractedError(row.failure)
    return text


async def delete_upload(session: AsyncSession, storage: Storage, row: ResumeUpload) -> None:
    """Deletes the bytes, then the row.

    In this order a failure leaves a row that can be deleted again, and never bytes that nobody
    knows of.
    """
    await storage.delete(row.storage_key)
    await session.delete(row)


@jobs.task(retries=5, timeout=TIMEOUT_SECONDS)
async def extract_text(context: JobContext, upload_id: UUID) -> None:
    """Reads the file and notes down its text, or why there is none."""
    storage: Storage = context.state["storage"]
    settings: Settings = context.state["settings"]
    async with context.session() as session:
        row = await session.get(ResumeUpload, upload_id)
    if row is None or row.status != UploadStatus.STORED:
        return  # deleted meanwhile, or read by an earlier run
    # No session is open while the storage and the reader take their time.
    try:
        content = await _read(storage, row, settings.UPLOAD_MAX_BYTES + 1)
    except NotFoundError:
        content = b""
    read = await extract(content, FileType(row.content_type), settings)
    async with context.once() as session:
        found = await session.get(ResumeUpload, upload_id, with_for_update=True)
        if found is None:
            return
        found.text, found.failure = read.text, read.failure
        found.status = UploadStatus.FAILED if read.text is None else UploadStatus.EXTRACTED


async def sweep_abandoned(session: AsyncSession, storage: Storage, limit: int = 100) -> int:
    """Deletes files that were announced and never uploaded; how many."""
    rows = await session.scalars(
        select(ResumeUpload)
        .where(
            ResumeUpload.status == UploadStatus.PENDING,
            ResumeUpload.upload_expires_at < func.now() - timedelta(hours=1),
        )
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = rows.all()
    for row in found:
        await storage.delete(row.storage_key)  # an upload that nobody completed
        await session.delete(row)
    return len(found)


async def _refuse_over_quota(session: AsyncSession, user_id: UUID, quota: int) -> None:
    count = await session.scalar(
        select(func.count()).select_from(ResumeUpload).where(ResumeUpload.user_id == user_id)
    )
    if (count or 0) >= quota:
        raise UploadQuotaReachedError


async def _require_bytes(storage: Storage, row: ResumeUpload) -> None:
    try:
        found = await storage.head(row.storage_key)
    except NotFoundError:
        raise NotUploadedError from None
    if found.size != row.size_bytes:
        # Only a storage that does not enforce the signed size lets this happen.
        await storage.delete(row.storage_key)
        raise NotUploadedError


async def _read(storage: Storage, row: ResumeUpload, limit: int) -> bytes:
    """The first ``limit`` bytes."""
    content = bytearray()
    async with storage.get(row.storage_key) as download:
        async for chunk in download:
            content += chunk
            if len(content) >= limit:
                break
    return bytes(content[:limit])

"""Uploads and their files: rows here, bytes in the storage."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.config import Settings
from app.core.configuration_keys import KEYS, ConfigurationName
from app.core.exceptions import NothingUploadedError, UploadChangedError
from app.models import File, Upload
from app.services.configuration_service import effective_one
from padstone.errors import FieldError, NotFoundError, ValidationError
from padstone.files import Files, Received, UploadLimits
from padstone.ids import new_id
from padstone.storage import Storage

__all__ = [
    "Place",
    "add",
    "delete_file",
    "delete_upload",
    "files",
    "files_of",
    "find_file",
    "find_upload",
    "new_place",
    "place_in",
    "remove_expired",
    "uploads_of",
]

files = Files(File, prefix="files")

_MOST_REASONS = 20
_MOST_LETTERS = 200


@dataclass(frozen=True, slots=True)
class Place:
    """Where files go, and what of them is taken. Known before the first byte is read.

    ``most`` is what an upload may hold, ``limits`` what is left of it.
    """

    upload_id: UUID
    is_new: bool
    user_id: UUID
    most: UploadLimits
    limits: UploadLimits
    exclude: list[str]
    taken: frozenset[str]
    expires_at: datetime

    @property
    def folder(self) -> str:
        """Below the user's id, so that all that a user has is one prefix of the storage."""
        return f"{self.user_id}/{self.upload_id}"


async def new_place(session: AsyncSession, user_id: UUID, settings: Settings) -> Place:
    """A new upload's place."""
    days = await _configured(session, user_id, ConfigurationName.RETENTION_DAYS)
    return Place(
        upload_id=new_id(),
        is_new=True,
        user_id=user_id,
        most=_limits(settings),
        limits=_limits(settings),
        exclude=await _configured(session, user_id, ConfigurationName.EXCLUDED),
        taken=frozenset(),
        expires_at=datetime.now(UTC) + timedelta(days=days),
    )


async def place_in(
    session: AsyncSession, user_id: UUID, upload_id: UUID, settings: Settings
) -> Place:
    """What is left of an upload's place."""
    upload = await find_upload(session, user_id, upload_id)
    paths = await session.scalars(select(File.path).where(File.upload_id == upload_id))
    return Place(
        upload_id=upload_id,
        is_new=False,
        user_id=user_id,
        most=_limits(settings),
        limits=_limits(settings, upload),
        exclude=await _configured(session, user_id, ConfigurationName.EXCLUDED),
        taken=frozenset(paths),
        expires_at=upload.expires_at,
    )


async def add(session: AsyncSession, place: Place, received: Received) -> Upload:
    """Writes the rows of what was received.

    Raises ``NothingUploadedError`` where a new upload would be empty, and ``UploadChangedError``
    where somebody else was faster with the same path, the last place or the upload's end.
    """
    if place.is_new:
        upload = _new_upload(place, received)
        session.add(upload)
        await session.flush()
    else:
        upload = await _unchanged(session, place, received)
    upload.file_count += len(received.files)
    upload.total_bytes += received.total_bytes
    session.add_all(files.rows(received, upload_id=upload.id, expires_at=upload.expires_at))
    await session.flush()
    await session.refresh(upload)
    return upload


def uploads_of(user_id: UUID) -> Select[Upload]:
    """The user's uploads whose time is not over."""
    return select(Upload).where(Upload.user_id == user_id, Upload.expires_at > func.now())


async def find_upload(session: AsyncSession, user_id: UUID, upload_id: UUID) -> Upload:
    """The user's upload; another's is as good as none."""
    found = await session.scalar(uploads_of(user_id).where(Upload.id == upload_id))
    if found is None:
        raise NotFoundError
    return found


def files_of(upload: Upload) -> Select[File]:
    """The files of an upload that was found."""
    return select(File).where(File.upload_id == upload.id)


async def find_file(session: AsyncSession, user_id: UUID, file_id: UUID) -> File:
    """The user's file; another's is as good as none."""
    owned = uploads_of(user_id).with_only_columns(Upload.id)
    found = await session.scalar(select(File).where(File.id == file_id, File.upload_id.in_(owned)))
    if found is None:
        raise NotFoundError
    return found


async def delete_file(
    session: AsyncSession, storage: Storage, user_id: UUID, file_id: UUID
) -> None:
    """Deletes the bytes and the row, and lets the upload count anew."""
    row = await find_file(session, user_id, file_id)
    upload = await session.get(Upload, row.upload_id, with_for_update=True)
    if upload is not None:
        upload.file_count -= 1
        upload.total_bytes -= row.size_bytes
    await files.delete(session, storage, row)


async def delete_upload(
    session: AsyncSession, storage: Storage, user_id: UUID, upload_id: UUID
) -> None:
    """Deletes all its bytes, then its rows. Analyses of it stay, with what they found."""
    upload = await find_upload(session, user_id, upload_id)
    await storage.delete_prefix(f"{files.prefix}/{user_id}/{upload_id}/")
    await session.delete(upload)


async def remove_expired(state: Mapping[str, Any]) -> None:
    """Removes files and uploads whose time is over, however often a process dies meanwhile."""
    await files.expire(state)
    async with state["database"].session() as session:
        held = select(File.id).where(File.upload_id == Upload.id)
        await session.execute(delete(Upload).where(Upload.expires_at <= func.now(), ~held.exists()))


def _limits(settings: Settings, upload: Upload | None = None) -> UploadLimits:
    count, size = (upload.file_count, upload.total_bytes) if upload is not None else (0, 0)
    most = settings.UPLOAD_MAX_BYTES
    return UploadLimits(
        files=max(0, settings.UPLOAD_MAX_FILES - count),
        file_bytes=most,
        total_bytes=max(0, most - size),
    )


async def _configured(session: AsyncSession, user_id: UUID, name: ConfigurationName) -> Any:
    return (await effective_one(session, user_id, KEYS[name])).value


def _new_upload(place: Place, received: Received) -> Upload:
    if not received.files:
        reasons = [
            FieldError(f"body.files.{number}", verdict.reason or "", verdict.code or "refused")
            for number, verdict in enumerate(received.verdicts[:_MOST_REASONS])
        ]
        raise NothingUploadedError(errors=reasons)
    return Upload(
        id=place.upload_id,
        user_id=place.user_id,
        name=_name_of(received),
        file_count=0,
        total_bytes=0,
        expires_at=place.expires_at,
    )


def _name_of(received: Received) -> str:
    given = received.fields.get("name", "").strip()
    if len(given) > _MOST_LETTERS or not given.isprintable():
        message = f"must be one line of at most {_MOST_LETTERS} letters"
        raise ValidationError(errors=[FieldError("body.name", message)])
    return given or received.files[0].path.partition("/")[0][:_MOST_LETTERS]


async def _unchanged(session: AsyncSession, place: Place, received: Received) -> Upload:
    """The upload, locked, if there is still room for what was received."""
    upload = await session.scalar(
        uploads_of(place.user_id).where(Upload.id == place.upload_id).with_for_update()
    )
    if upload is None:
        raise UploadChangedError
    # Portions may come side by side, so what is left is counted again.
    has_room = (
        upload.file_count + len(received.files) <= place.most.files
        and upload.total_bytes + received.total_bytes <= place.most.total_bytes
    )
    paths = [file.path for file in received.files]
    clash = select(File.id).where(File.upload_id == place.upload_id, File.path.in_(paths)).limit(1)
    if not has_room or await session.scalar(clash) is not None:
        raise UploadChangedError
    return upload

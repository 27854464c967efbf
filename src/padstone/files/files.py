"""``Files``: what a system does with its table of files."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from padstone.db import Database
from padstone.errors import ConflictError
from padstone.files.attachment import Attachment
from padstone.files.columns import FileColumns, FileStatus
from padstone.files.content import handed_out_as
from padstone.files.multipart import parts_of
from padstone.files.patterns import Patterns
from padstone.files.received import Received, UploadLimits
from padstone.files.reception import Reception
from padstone.storage import PresignedDownload, Storage

__all__ = ["FileQuarantinedError", "Files"]

F = TypeVar("F", bound=FileColumns)

_KEYS_AT_A_TIME = 500
_ROWS_AT_A_TIME = 100


class FileQuarantinedError(ConflictError):
    """The content is not what the name says, so nobody gets it."""

    code = "file_quarantined"
    detail = "The content of this file is not what its name says. It is not handed out."


class Files(Generic[F]):
    """The files of one table, whose keys in the storage begin with ``prefix``.

    Bytes go to the storage first, rows are written after them, and in one transaction; bytes are
    deleted first, rows after them. So no row is without its bytes, and bytes without a row, which a
    crash between the two leaves, are found by ``remove_orphans``.
    """

    def __init__(self, model: type[F], *, prefix: str) -> None:
        self._model: Any = model
        self.prefix = prefix

    async def receive(
        self,
        request: Request,
        storage: Storage,
        *,
        folder: str,
        limits: UploadLimits | None = None,
        exclude: Sequence[str] = (),
        taken: Iterable[str] = (),
    ) -> Received:
        """Reads the request's body, multipart/form-data with any number of files, to its end.

        A file's relative path is its file name, as browsers send that of a folder. Each file is
        stored while it arrives, below ``prefix`` and ``folder``, such as its owner's id. What is
        not taken has a verdict that says why, and the other files are taken all the same. ``taken``
        are paths that are there already and no new file may have.

        No database connection is needed meanwhile: a session that was not used yet holds none.
        Raises ``UnsupportedMediaError``, ``BadRequestError``, ``TooLargeError`` and
        ``StorageUnavailableError``; nothing of the upload is kept then.
        """
        limits = limits or UploadLimits()
        reception = Reception(storage, f"{self.prefix}/{folder}", limits, Patterns(exclude), taken)
        async with aclosing(parts_of(request, limits.parts)) as events:
            return await reception.read(events)

    def rows(self, received: Received, **values: Any) -> list[F]:
        """A new row for each file of the upload, with these further values, such as its owner."""
        return [
            self._model(
                id=file.id,
                path=file.path,
                name=file.name,
                media_type=file.media_type,
                size_bytes=file.size_bytes,
                sha256=file.sha256,
                storage_key=file.storage_key,
                status=file.status.value,
                **values,
            )
            for file in received.files
        ]

    def attachment(self, storage: Storage, row: F) -> Attachment:
        """The answer that hands the file out. Raises ``FileQuarantinedError``."""
        refuse_quarantined(row)
        return Attachment(storage, row)

    async def link(
        self, storage: Storage, row: F, expires: timedelta | None = None
    ) -> PresignedDownload:
        """A link to the file in the storage, as an attachment. Raises ``FileQuarantinedError``."""
        refuse_quarantined(row)
        return await storage.presign_get(
            row.storage_key,
            filename=row.name,
            content_type=handed_out_as(row.media_type),
            expires=expires,
        )

    async def delete(self, session: AsyncSession, storage: Storage, row: F) -> None:
        """Deletes the bytes, then the row.

        In this order a failure leaves a row that can be deleted again, and never bytes that nobody
        knows of.
        """
        await storage.delete(row.storage_key)
        await session.delete(row)

    async def discard(self, storage: Storage, received: Received) -> None:
        """Deletes the bytes of an upload that gets no rows after all."""
        for file in received.files:
            await storage.delete(file.storage_key)

    async def remove_expired(
        self, session: AsyncSession, storage: Storage, limit: int = _ROWS_AT_A_TIME
    ) -> int:
        """Removes files whose time is over; how many. Others may do so at once."""
        found = await session.scalars(
            select(self._model)
            .where(self._model.expires_at <= func.now())
            .order_by(self._model.expires_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        rows = found.all()
        for row in rows:
            await self.delete(session, storage, row)
        return len(rows)

    async def remove_orphans(
        self, database: Database, storage: Storage, *, older: timedelta = timedelta(days=1)
    ) -> int:
        """Deletes bytes below ``prefix`` that no row knows; how many.

        ``older`` leaves alone what is on its way: an upload whose rows are not written yet. It
        looks at every key below the prefix, so once a day is often enough.
        """
        removed = 0
        latest = datetime.now(UTC) - older
        keys: list[str] = []
        async for found in storage.list(f"{self.prefix}/"):
            if found.modified < latest:
                keys.append(found.key)
            if len(keys) == _KEYS_AT_A_TIME:
                removed += await self._remove_unknown(database, storage, keys)
                keys = []
        return removed + await self._remove_unknown(database, storage, keys)

    async def expire(self, state: Mapping[str, Any]) -> int:
        """Removes all files whose time is over: work for a ``Periodic``, every minute or so."""
        database, storage = state["database"], state["storage"]
        removed = 0
        while True:
            async with database.session() as session:
                count = await self.remove_expired(session, storage)
            removed += count
            if count < _ROWS_AT_A_TIME:
                return removed

    async def tidy(self, state: Mapping[str, Any]) -> int:
        """``remove_orphans`` as work for a ``Periodic``, every day or so."""
        return await self.remove_orphans(state["database"], state["storage"])

    async def _remove_unknown(self, database: Database, storage: Storage, keys: list[str]) -> int:
        if not keys:
            return 0
        column = self._model.storage_key
        async with database.read_session() as session:
            known = set(await session.scalars(select(column).where(column.in_(keys))))
        for key in keys:
            if key not in known:
                await storage.delete(key)
        return len(set(keys) - known)


def refuse_quarantined(row: FileColumns) -> None:
    """Raises ``FileQuarantinedError`` for a file that nobody gets."""
    if row.status == FileStatus.QUARANTINED:
        raise FileQuarantinedError

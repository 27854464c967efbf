"""Reading an upload: each file goes to the storage while it arrives."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import aclosing, suppress

from padstone.errors import TooLargeError
from padstone.files.columns import FileStatus
from padstone.files.content import Inspection
from padstone.files.multipart import Event, PartBegin, PartData, PartEnd
from padstone.files.paths import PathRefusedError, clean_path
from padstone.files.patterns import Patterns
from padstone.files.received import Outcome, Received, ReceivedFile, UploadLimits, Verdict
from padstone.ids import new_id
from padstone.storage import Storage, StorageUnavailableError

__all__ = ["Reception"]

# How it is kept. How it is handed out is said when it is.
_KEPT_AS = "application/octet-stream"


class _TooMuchError(Exception):
    """The file that is being stored is larger than it may be."""


class Reception:
    """One upload on its way. Keys begin with ``folder``; no path is one of ``taken``."""

    def __init__(
        self,
        storage: Storage,
        folder: str,
        limits: UploadLimits,
        exclude: Patterns,
        taken: Iterable[str] = (),
    ) -> None:
        self._storage = storage
        self._folder = folder
        self._limits = limits
        self._exclude = exclude
        self._received = Received()
        self._keys: list[str] = []
        self._paths = set(taken)
        self._count = 0
        self._contents: dict[bytes, str] = {}
        self._total = 0
        self._field_bytes = 0

    async def read(self, events: AsyncIterator[Event]) -> Received:
        """All of it. After a failure, what was stored is deleted, as far as the storage answers."""
        try:
            async for event in events:
                assert isinstance(event, PartBegin)  # noqa: S101  # each part is read to its end
                if event.filename is None:
                    await self._read_field(event.name, events)
                elif (verdict := await self._read_file(event.filename, events)) is not None:
                    self._received.verdicts.append(verdict)
        except StorageUnavailableError:
            raise  # it would not delete either, and the caller waits; the sweep does
        except BaseException:
            await self._forget()
            raise
        return self._received

    async def _forget(self) -> None:
        with suppress(StorageUnavailableError):
            for key in self._keys:
                await self._storage.delete(key)

    async def _read_field(self, name: str, events: AsyncIterator[Event]) -> None:
        value = bytearray()
        async for piece in _pieces(events):
            self._field_bytes += len(piece)
            if self._field_bytes > self._limits.field_bytes:
                raise TooLargeError("The fields of the form are too long.")
            value += piece
        self._received.fields[name] = value.decode(errors="replace")

    async def _read_file(self, filename: str, events: AsyncIterator[Event]) -> Verdict | None:
        if not filename:  # an empty place of a form
            await _skip(events)
            return None
        try:
            path = clean_path(filename)
        except PathRefusedError as error:
            await _skip(events)
            return Verdict("", Outcome.REFUSED, error.code, str(error))
        if self._exclude.match(path):
            await _skip(events)
            return Verdict(path, Outcome.EXCLUDED, "excluded", "A pattern leaves it out.")
        if (refused := self._refused(path)) is not None:
            await _skip(events)
            return refused
        return await self._store(path, events)

    def _refused(self, path: str) -> Verdict | None:
        """Why the file is not even begun, if so."""
        most = self._limits.files
        if path in self._paths:
            reason = "The upload has another file at this path."
            return Verdict(path, Outcome.REFUSED, "path_taken", reason)
        if self._count >= most:
            reason = f"An upload has at most {most} files."
            return Verdict(path, Outcome.REFUSED, "too_many_files", reason)
        return None

    async def _store(self, path: str, events: AsyncIterator[Event]) -> Verdict:
        inspection = Inspection()
        file_id = new_id()
        key = f"{self._folder}/{file_id}"
        room = min(self._limits.file_bytes, self._limits.total_bytes - self._total)
        self._keys.append(key)
        try:
            async with aclosing(_watched(events, inspection, room)) as body:
                stored = await self._storage.put(key, body, content_type=_KEPT_AS)
        except _TooMuchError:
            await _skip(events)
            return self._too_large(path, room)
        self._total += stored.size
        self._paths.add(path)
        self._count += 1
        name = path.rpartition("/")[2]
        content = inspection.content(name)
        file = ReceivedFile(
            id=file_id,
            path=path,
            name=name,
            media_type=content.media_type,
            size_bytes=stored.size,
            sha256=stored.sha256,
            storage_key=key,
            status=FileStatus.CLEAN if content.is_as_named else FileStatus.QUARANTINED,
        )
        return self._taken(file)

    def _taken(self, file: ReceivedFile) -> Verdict:
        same_as = self._contents.get(file.sha256)
        self._contents.setdefault(file.sha256, file.path)
        if file.status == FileStatus.CLEAN:
            return Verdict(file.path, Outcome.ACCEPTED, file=file, same_as=same_as)
        reason = "The content is not what the name says. The file is kept and not handed out."
        return Verdict(
            file.path, Outcome.QUARANTINED, "content_differs", reason, file=file, same_as=same_as
        )

    def _too_large(self, path: str, room: int) -> Verdict:
        limits = self._limits
        if room == limits.file_bytes:
            reason = f"A file has at most {limits.file_bytes} bytes."
            return Verdict(path, Outcome.REFUSED, "file_too_large", reason)
        reason = f"All files together have at most {limits.total_bytes} bytes."
        return Verdict(path, Outcome.REFUSED, "upload_too_large", reason)


async def _pieces(events: AsyncIterator[Event]) -> AsyncGenerator[bytes, None]:
    """The bytes of the part that has begun. To its end, or all the rest is misread."""
    async for event in events:
        if isinstance(event, PartEnd):
            return
        assert isinstance(event, PartData)  # noqa: S101  # parts do not nest
        yield event.data


async def _skip(events: AsyncIterator[Event]) -> None:
    async for _ in _pieces(events):
        pass


async def _watched(
    events: AsyncIterator[Event], inspection: Inspection, room: int
) -> AsyncGenerator[bytes, None]:
    """The bytes of the part, looked at and counted while they pass."""
    size = 0
    async with aclosing(_pieces(events)) as pieces:
        async for piece in pieces:
            size += len(piece)
            if size > room:
                raise _TooMuchError
            inspection.feed(piece)
            yield piece

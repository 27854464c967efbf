"""What a model is given to read: the lines of uploaded files, in pieces of a bearable size."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from app.models import File
from padstone.documents import DocumentKind, read_document
from padstone.storage import Storage

__all__ = ["Slice", "Source", "as_prompt", "pieces_of", "read_text"]

_BYTE_ORDER_MARK = "\ufeff"
_DOCUMENTS = {
    "application/pdf": DocumentKind.PDF,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": DocumentKind.DOCX,
}


@dataclass(frozen=True, slots=True)
class Source:
    """The text of one file."""

    file_id: UUID
    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Slice:
    """Lines of one file, from ``first`` to ``last``, which count from 1."""

    file_id: UUID
    path: str
    first: int
    last: int

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {**asdict(self), "file_id": str(self.file_id)}

    @classmethod
    def of(cls, kept: dict[str, Any]) -> "Slice":
        """From what is kept."""
        return cls(UUID(kept["file_id"]), kept["path"], kept["first"], kept["last"])


async def read_text(storage: Storage, file: File) -> str | None:
    """The text of a file, of a PDF or DOCX document too; ``None`` where there is none.

    Raises ``ObjectNotFoundError`` and ``StorageUnavailableError``.
    """
    async with storage.get(file.storage_key) as download:
        content = b"".join([chunk async for chunk in download])
    if kind := _DOCUMENTS.get(file.media_type):
        return (await read_document(content, kind)).text or None
    try:
        text = content.decode().removeprefix(_BYTE_ORDER_MARK)
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def pieces_of(sources: Sequence[Source], size: int) -> Iterator[tuple[list[Slice], int]]:
    """The lines of all sources in pieces of up to ``size`` characters, and how many each has.

    A file stays whole where it fits. A line that is longer than ``size`` is a piece of its own, and
    cut when it is read.
    """
    piece: list[Slice] = []
    filled = 0
    for source in sources:
        for lines, length in _cut(source, size):
            if piece and filled + length > size:
                yield piece, filled
                piece, filled = [], 0
            piece.append(lines)
            filled += length
    if piece:
        yield piece, filled


def _cut(source: Source, size: int) -> Iterator[tuple[Slice, int]]:
    first, length, number = 1, 0, 0
    for number, line in enumerate(source.text.splitlines(keepends=True), start=1):
        own = min(len(line), size)
        if length and length + own > size:
            yield Slice(source.file_id, source.path, first, number - 1), length
            first, length = number, 0
        length += own
    if number:
        yield Slice(source.file_id, source.path, first, number), length


def as_prompt(slices: Sequence[Slice], texts: dict[UUID, str], size: int) -> str:
    """The lines of ``slices``, numbered, each file under its path."""
    parts = []
    for one in slices:
        lines = texts[one.file_id].splitlines()[one.first - 1 : one.last]
        numbered = (
            f"{number:>5}  {line[:size]}" for number, line in enumerate(lines, start=one.first)
        )
        parts.append("\n".join([f"=== {one.path}", *numbered]))
    return "\n\n".join(parts)

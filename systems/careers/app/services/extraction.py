"""The text of an uploaded document, by the settings of this system."""

from app.core.config import Settings
from app.schemas.upload import FileType
from padstone.documents import DocumentKind, DocumentLimits, DocumentText, read_document

__all__ = ["extract", "looks_like"]

_KINDS = {FileType.PDF: DocumentKind.PDF, FileType.DOCX: DocumentKind.DOCX}


def looks_like(kind: FileType, beginning: bytes) -> bool:
    """Whether a document of ``kind`` may begin so. The whole is checked when it is read."""
    return _KINDS[kind].may_begin(beginning)


async def extract(content: bytes, kind: FileType, settings: Settings) -> DocumentText:
    """Reads ``content`` within the time, memory, pages and characters that the settings give."""
    limits = DocumentLimits(
        seconds=settings.EXTRACTION_TIMEOUT_SECONDS,
        memory_bytes=settings.EXTRACTION_MEMORY_BYTES,
        pages=settings.EXTRACTION_MAX_PAGES,
        characters=settings.EXTRACTION_MAX_CHARACTERS,
    )
    return await read_document(content, _KINDS[kind], limits)

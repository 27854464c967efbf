"""The text of an uploaded document, read by a process that may be killed."""

import asyncio
import json
import math
import sys
from dataclasses import dataclass
from pathlib import Path

from app.core.config import Settings
from app.schemas.upload import FileType

__all__ = ["Extracted", "extract", "looks_like"]

_READER = Path(__file__).with_name("document_reader.py")
_BEGINS = {FileType.PDF: b"%PDF-", FileType.DOCX: b"PK\x03\x04"}
_KINDS = {FileType.PDF: "pdf", FileType.DOCX: "docx"}
_TOO_MUCH = "The document needs more time or memory to be read than is given to it."


@dataclass(frozen=True, slots=True)
class Extracted:
    """What came of it: ``text``, or ``failure``, a sentence for whoever uploaded the document."""

    text: str | None = None
    failure: str | None = None


def looks_like(kind: FileType, beginning: bytes) -> bool:
    """Whether a document of ``kind`` may begin so. The whole is checked when it is read."""
    return beginning.startswith(_BEGINS[kind])


async def extract(content: bytes, kind: FileType, settings: Settings) -> Extracted:
    """Reads ``content`` within the time, memory, pages and characters that the settings give."""
    seconds = settings.EXTRACTION_TIMEOUT_SECONDS
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",  # neither this folder nor anybody's environment
        str(_READER),
        _KINDS[kind],
        str(settings.EXTRACTION_MEMORY_BYTES),
        str(math.ceil(seconds)),
        str(settings.EXTRACTION_MAX_PAGES),
        str(settings.EXTRACTION_MAX_CHARACTERS),
        env={},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(seconds):
            said, _ = await process.communicate(content)
    except TimeoutError:
        return Extracted(failure=_TOO_MUCH)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return _read(said)


def _read(said: bytes) -> Extracted:
    # A process that was killed for its hunger says nothing, or not all.
    try:
        answer = json.loads(said)
    except ValueError:
        return Extracted(failure=_TOO_MUCH)
    return Extracted(text=answer.get("text"), failure=answer.get("failure"))

"""The text of a document, read by a process that may be killed."""

import asyncio
import json
import math
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from padstone.extras import require

__all__ = ["DocumentKind", "DocumentLimits", "DocumentText", "read_document"]

_READER = Path(__file__).with_name("reader.py")
_TOO_MUCH = "The document needs more time or memory to be read than is given to it."


class DocumentKind(StrEnum):
    """What can be read."""

    PDF = "pdf"
    DOCX = "docx"

    def may_begin(self, beginning: bytes) -> bool:
        """Whether a document of this kind may begin so. The whole is checked when it is read."""
        return beginning.startswith(b"%PDF-" if self is DocumentKind.PDF else b"PK\x03\x04")


@dataclass(frozen=True, slots=True)
class DocumentLimits:
    """What reading one document may take, and how much of it is read."""

    seconds: float = 20.0
    memory_bytes: int = 512 * 1024 * 1024
    pages: int = 50
    characters: int = 500_000


@dataclass(frozen=True, slots=True)
class DocumentText:
    """What came of it: ``text``, or ``failure``, a sentence for whoever uploaded the document."""

    text: str | None = None
    failure: str | None = None


async def read_document(
    content: bytes, kind: DocumentKind, limits: DocumentLimits | None = None
) -> DocumentText:
    """Reads ``content`` within the limits. A document that cannot be read raises nothing."""
    require("documents")
    limits = limits or DocumentLimits()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",  # neither this folder nor anybody's environment
        str(_READER),
        kind,
        str(limits.memory_bytes),
        str(math.ceil(limits.seconds)),
        str(limits.pages),
        str(limits.characters),
        env={},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(limits.seconds):
            said, _ = await process.communicate(content)
    except TimeoutError:
        return DocumentText(failure=_TOO_MUCH)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return _read(said)


def _read(said: bytes) -> DocumentText:
    # A process that was killed for its hunger says nothing, or not all.
    try:
        answer = json.loads(said)
    except ValueError:
        return DocumentText(failure=_TOO_MUCH)
    return DocumentText(text=answer.get("text"), failure=answer.get("failure"))

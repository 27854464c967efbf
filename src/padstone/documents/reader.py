"""Reads the text of a PDF or DOCX document: a program of its own, started by ``reading``.

It takes the document on standard input and answers with one line of JSON: ``text``, or
``failure``, a sentence for whoever uploaded it. It knows nothing of the application, has none of
its secrets, and limits its own memory and time before it touches the first byte, since the document
may have been made to harm whoever reads it.
"""

import json
import resource
import sys
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from io import BytesIO

__all__ = ["ReadingError", "read_docx", "read_pdf"]

MAX_PARTS = 2000
MAX_UNPACKED_BYTES = 50 * 1024 * 1024


class ReadingError(Exception):
    """The document cannot be read; the message says why, for whoever uploaded it."""


def read_pdf(content: bytes, max_pages: int) -> Iterator[str]:
    """The text of each of the first ``max_pages`` pages."""
    if not content.startswith(b"%PDF-"):
        raise ReadingError("This is no PDF document.")
    from pypdf import PdfReader

    reader = PdfReader(BytesIO(content))
    if reader.is_encrypted:
        raise ReadingError("The document is protected by a password.")
    for number in range(min(len(reader.pages), max_pages)):
        yield reader.pages[number].extract_text()


def read_docx(content: bytes) -> Iterator[str]:
    """The text of each paragraph, those in tables included, in the document's order."""
    _refuse_other_archives(content)
    from docx import Document
    from docx.table import Table

    for part in Document(BytesIO(content)).iter_inner_content():
        if isinstance(part, Table):
            for row in part.rows:
                yield "\t".join(cell.text for cell in row.cells)
        else:
            yield part.text


def _refuse_other_archives(content: bytes) -> None:
    try:
        parts = zipfile.ZipFile(BytesIO(content)).infolist()
    except zipfile.BadZipFile:
        raise ReadingError("This is no DOCX document.") from None
    if not {"[Content_Types].xml", "word/document.xml"} <= {part.filename for part in parts}:
        raise ReadingError("This is no DOCX document.")
    # What the archive says of itself is checked again by whoever unpacks it.
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED_BYTES:
        raise ReadingError("The document unpacks to more than is read.")


def _limit(memory_bytes: int, seconds: int) -> None:
    for kind, limit in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):  # not every system knows every limit
            resource.setrlimit(kind, (limit, limit))


def _bounded(parts: Iterator[str], max_characters: int) -> str:
    kept: list[str] = []
    left = max_characters
    for part in parts:
        # PostgreSQL's texts hold neither NUL nor half of a surrogate pair.
        clean = part.replace("\0", "").encode(errors="replace").decode().strip()
        kept.append(clean[:left])
        left -= len(clean) + 1
        if left <= 0:
            break
    return "\n".join(kept).strip()


def _answer(kind: str, max_pages: int, max_characters: int) -> dict[str, str]:
    content = sys.stdin.buffer.read()
    try:
        parts = read_pdf(content, max_pages) if kind == "pdf" else read_docx(content)
        text = _bounded(parts, max_characters)
    except ReadingError as error:
        return {"failure": str(error)}
    except (MemoryError, RecursionError):
        return {"failure": "The document needs more to be read than is given to it."}
    except Exception:  # noqa: BLE001  # a broken document breaks its reader in any way it likes
        return {"failure": "The document is damaged."}
    if not text:
        return {"failure": "The document holds no text. It may be a scan."}
    return {"text": text}


def main() -> None:
    """Reads, by the limits that the command line gives."""
    kind, *numbers = sys.argv[1:]
    memory_bytes, seconds, max_pages, max_characters = map(int, numbers)
    # Before the limits, under which a library fails to load in any way it likes.
    import_module("pypdf" if kind == "pdf" else "docx")
    _limit(memory_bytes, seconds)
    sys.stdout.write(json.dumps(_answer(kind, max_pages, max_characters)))


if __name__ == "__main__":
    main()

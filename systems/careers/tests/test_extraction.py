"""D8: the text of real documents, and a clean failure of those that were made to do harm."""

import pytest
from documents import (
    DOCX,
    PDF,
    docx,
    encrypted_pdf,
    external_entity_docx,
    pdf,
    zip_bomb_docx,
)
from pydantic_core import to_jsonable_python

from app.core.config import Settings
from app.schemas.upload import FileType
from app.services.extraction import extract
from padstone.documents import DocumentText

SETTINGS = Settings(EXTRACTION_MAX_PAGES=2, EXTRACTION_MAX_CHARACTERS=1000)
TOO_MUCH = "The document needs more time or memory to be read than is given to it."


async def test_d8_the_text_of_a_pdf() -> None:
    read = await extract(pdf("Ada Lovelace", "Programmer"), FileType.PDF, SETTINGS)
    assert read == DocumentText(text="Ada Lovelace\nProgrammer")


async def test_d8_the_text_of_a_docx() -> None:
    content = docx("Ada Lovelace", "Programmer", cells=("Python", "Expert"))
    read = await extract(content, FileType.DOCX, SETTINGS)
    assert read == DocumentText(text="Ada Lovelace\nProgrammer\nPython\tExpert")


async def test_d8_so_many_pages_and_characters_are_read() -> None:
    read = await extract(pdf("one", "two", "three"), FileType.PDF, SETTINGS)
    assert read.text == "one\ntwo"
    read = await extract(docx("x" * 800, "y" * 800), FileType.DOCX, SETTINGS)
    assert read.text is not None
    assert len(read.text) == 1000


@pytest.mark.parametrize(
    ("content", "kind", "failure"),
    [
        (encrypted_pdf(), PDF, "The document is protected by a password."),
        (pdf(""), PDF, "The document holds no text. It may be a scan."),
        (b"%PDF-1.7\n" + b"\xff" * 500, PDF, "The document is damaged."),
        (pdf("Ada")[:400], PDF, "The document is damaged."),
        (b"GIF89a", PDF, "This is no PDF document."),
        (docx("Ada"), PDF, "This is no PDF document."),
        (pdf("Ada"), DOCX, "This is no DOCX document."),
        (b"PK\x03\x04" + b"\0" * 100, DOCX, "This is no DOCX document."),
        (zip_bomb_docx(), DOCX, "The document unpacks to more than is read."),
        (b"", DOCX, "This is no DOCX document."),
    ],
    ids=[
        "encrypted",
        "no text",
        "garbage",
        "truncated",
        "an image",
        "a docx as pdf",
        "a pdf as docx",
        "a broken archive",
        "a zip bomb",
        "nothing",
    ],
)
async def test_d8_a_hostile_document_fails_cleanly(content: bytes, kind: str, failure: str) -> None:
    assert await extract(content, FileType(kind), SETTINGS) == DocumentText(failure=failure)


async def test_d8_a_document_reads_no_file_of_the_machine() -> None:
    read = await extract(external_entity_docx(), FileType.DOCX, SETTINGS)
    assert "root:" not in str(to_jsonable_python(read))


async def test_d8_a_document_that_takes_for_ever_is_given_up() -> None:
    hurry = SETTINGS.model_copy(update={"EXTRACTION_TIMEOUT_SECONDS": 0.01})
    assert await extract(pdf("Ada"), FileType.PDF, hurry) == DocumentText(failure=TOO_MUCH)


async def test_d8_a_document_that_wants_all_memory_is_given_up() -> None:
    # Less than the reader itself needs, as any document would that wants more than it may have.
    little = SETTINGS.model_copy(update={"EXTRACTION_MEMORY_BYTES": 20_000_000})
    read = await extract(pdf("Ada"), FileType.PDF, little)
    assert read.text is None
    assert read.failure in {TOO_MUCH, "The document needs more to be read than is given to it."}

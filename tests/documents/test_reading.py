"""Reading in a process of its own. Careers' tests have the hostile documents."""

import asyncio

import pytest

from padstone.documents import DocumentKind, DocumentLimits, DocumentText, read_document

TOO_MUCH = "The document needs more time or memory to be read than is given to it."


async def test_the_text_of_a_pdf(a_pdf: bytes) -> None:
    assert await read_document(a_pdf, DocumentKind.PDF) == DocumentText(text="Ada Lovelace")


async def test_the_text_of_a_docx(a_docx: bytes) -> None:
    read = await read_document(a_docx, DocumentKind.DOCX)
    assert read == DocumentText(text="Ada Lovelace\nProgrammer")


async def test_so_many_characters_are_read(a_docx: bytes) -> None:
    read = await read_document(a_docx, DocumentKind.DOCX, DocumentLimits(characters=5))
    assert read == DocumentText(text="Ada L")


async def test_a_document_of_another_kind_says_so(a_pdf: bytes, a_docx: bytes) -> None:
    read = await read_document(a_pdf, DocumentKind.DOCX)
    assert read == DocumentText(failure="This is no DOCX document.")
    read = await read_document(a_docx, DocumentKind.PDF)
    assert read == DocumentText(failure="This is no PDF document.")


async def test_who_takes_too_long_is_given_up(a_pdf: bytes) -> None:
    read = await read_document(a_pdf, DocumentKind.PDF, DocumentLimits(seconds=0.01))
    assert read == DocumentText(failure=TOO_MUCH)


async def test_who_wants_too_much_memory_is_given_up(a_pdf: bytes) -> None:
    read = await read_document(a_pdf, DocumentKind.PDF, DocumentLimits(memory_bytes=20_000_000))
    assert read.text is None
    assert read.failure


async def test_who_is_cancelled_leaves_no_process(a_pdf: bytes) -> None:
    made = []
    start = asyncio.create_subprocess_exec

    async def watched(*given: str, **options: object) -> asyncio.subprocess.Process:
        made.append(await start(*given, **options))  # type: ignore[arg-type]  # handed on
        return made[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncio, "create_subprocess_exec", watched)
        reading = asyncio.create_task(read_document(a_pdf, DocumentKind.PDF))
        while not made:
            await asyncio.sleep(0)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
    assert made[0].returncode is not None


@pytest.mark.parametrize(
    ("kind", "beginning", "may"),
    [
        (DocumentKind.PDF, b"%PDF-1.7", True),
        (DocumentKind.PDF, b"PK\x03\x04", False),
        (DocumentKind.DOCX, b"PK\x03\x04", True),
        (DocumentKind.DOCX, b"%PDF-1.7", False),
        (DocumentKind.DOCX, b"", False),
    ],
)
def test_how_a_document_may_begin(kind: DocumentKind, beginning: bytes, may: bool) -> None:  # noqa: FBT001
    assert kind.may_begin(beginning) is may

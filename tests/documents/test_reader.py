"""The reader, in this process too, so that its lines are seen to run."""

import pytest

from padstone.documents.reader import ReadingError, read_docx, read_pdf


def test_the_pages_of_a_pdf(a_pdf: bytes) -> None:
    assert [page.strip() for page in read_pdf(a_pdf, 1)] == ["Ada Lovelace"]
    assert list(read_pdf(a_pdf, 0)) == []


def test_the_paragraphs_of_a_docx(a_docx: bytes) -> None:
    assert list(read_docx(a_docx)) == ["Ada Lovelace", "Programmer"]


@pytest.mark.parametrize("content", [b"", b"words", b"PK\x03\x04"])
def test_what_is_no_document(content: bytes) -> None:
    with pytest.raises(ReadingError, match="no PDF"):
        list(read_pdf(content, 1))
    with pytest.raises(ReadingError, match="no DOCX"):
        list(read_docx(content))

"""Text out of bytes that may end anywhere, and lines that are never kept beyond the limit."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padstone.transfer import Limits, TransferTooLargeError, UnreadableFileError
from padstone.transfer.lines import ANY_END, LF_END, decoded, read_lines

LIMITS = Limits()


async def pieces(data: bytes, size: int) -> AsyncIterator[bytes]:
    for at in range(0, len(data), size):
        yield data[at : at + size]


@given(st.text(alphabet="a\r\n\u2028é𝄞"), st.integers(1, 5))
async def test_lines_end_at_cr_lf_or_both(text: str, size: int) -> None:
    found = [line.text async for line in read_lines(pieces(text.encode(), size), LIMITS, ANY_END)]
    marked = text.replace("\r\n", "\r\n\0").replace("\n", "\n\0").replace("\n\0\0", "\n\0")
    marked = "".join(
        f"{one}\0" if one == "\r" and marked[at + 1 : at + 2] != "\n" else one
        for at, one in enumerate(marked)
    )
    assert found == [line for line in marked.split("\0") if line]


@given(st.text(alphabet="a\r\né"), st.integers(1, 5))
async def test_lines_end_at_lf_alone_where_asked(text: str, size: int) -> None:
    found = [line.text async for line in read_lines(pieces(text.encode(), size), LIMITS, LF_END)]
    assert found == [f"{line}\n" for line in text.split("\n")[:-1]] + [
        line for line in text.split("\n")[-1:] if line
    ]


@pytest.mark.parametrize("size", [1, 3, 1000])
async def test_a_line_beyond_the_limit_is_counted_and_not_kept(size: int) -> None:
    data = b'ab\n"' + b"x" * 100 + b'"z"\nlast'
    limits = Limits(row_size=10)
    lines = [line async for line in read_lines(pieces(data, size), limits, ANY_END)]
    assert lines == [(1, "ab\n", 0), (2, None, 3), (3, "last", 0)]


@pytest.mark.parametrize("size", [1, 2, 3, 1000])
@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("a\nä".encode("latin-1"), "not in UTF-8, see line 2"),
        ("a\n\nä\nb".encode("latin-1"), "not in UTF-8, see line 3"),
        ("ä".encode()[:1], "not in UTF-8, see line 1"),
        ("a,ä\n1,2\n".encode("utf-16"), "in UTF-16"),
        ("a,b\n1,2\n".encode("utf-16-be"), "NUL character in line 1"),
        (b"a\nb\nc\0d", "NUL character in line 3"),
    ],
)
async def test_any_other_encoding_is_refused(data: bytes, words: str, size: int) -> None:
    with pytest.raises(UnreadableFileError, match=words) as refused:
        _ = [text async for text in decoded(pieces(data, size), LIMITS)]
    assert refused.value.__context__ is None, "the codec's own error holds the bytes"


async def test_more_bytes_than_the_limit_are_refused() -> None:
    limits = Limits(total_bytes=10)
    assert "".join([text async for text in decoded(pieces(b"x" * 10, 3), limits)]) == "x" * 10
    with pytest.raises(TransferTooLargeError, match="larger than 10 bytes"):
        _ = [text async for text in decoded(pieces(b"x" * 11, 3), limits)]
